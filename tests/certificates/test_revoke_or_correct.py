"""A certificate is never changed: it is revoked, or a corrected one takes its place."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.services import total
from certificates.models import Certificate, certificate_storage
from certificates.pdf import issue_certificate, reissue
from certificates.reports import certified_facts, changes_since, issued
from certificates.services import ERASED, read_paper, revoke_certificate
from people.roles import Role
from people.services import change_resident, erase_resident
from progress.models import Enrolment
from tests.certificates.papers import words_of
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def misspelt(certificate, lan, organiser):
    """Lan's certificate, after her name in the register was mended."""
    change_resident(lan, by=organiser, full_name="Trần Thị Lán")
    return Certificate.objects.get()


# The rule: revoke


def test_a_revoked_certificate_is_kept_with_who_when_and_why(certificate, organiser):
    revoke_certificate(certificate, by=organiser, because="  Cấp nhầm người ")

    certificate = Certificate.objects.get()
    assert certificate.state == "revoked"
    assert certificate.revoked_because == "Cấp nhầm người"
    assert certificate.revoked_by == organiser
    assert certificate.revoked_at
    assert read_paper(certificate)


def test_revoking_takes_it_out_of_the_figures(certificate, organiser, campaign, village):
    revoke_certificate(certificate, by=organiser, because="Cấp nhầm người")

    assert total(campaign, village)["certified"] == 0
    assert certified_facts(campaign) == {}
    assert issued(village) == 0


def test_revoking_needs_a_reason(certificate, organiser):
    with pytest.raises(ValidationError) as refusal:
        revoke_certificate(certificate, by=organiser, because="  ")

    assert refusal.value.code == "no_reason"
    assert Certificate.objects.get().stands


def test_what_is_revoked_cannot_be_revoked_again(certificate, organiser):
    revoke_certificate(certificate, by=organiser, because="Cấp nhầm người")

    with pytest.raises(ValidationError) as refusal:
        revoke_certificate(certificate, by=organiser, because="Lần nữa")

    assert refusal.value.code == "revoked"
    assert Certificate.objects.get().revoked_because == "Cấp nhầm người"


def test_after_a_revocation_a_new_one_can_be_issued(certificate, enrolment, organiser):
    revoke_certificate(certificate, by=organiser, because="Cấp nhầm người")

    new = issue_certificate(enrolment, by=organiser)

    assert new != certificate
    assert Certificate.objects.valid().get() == new


# The rule: correct


def test_a_corrected_certificate_takes_the_place_of_the_old_one(misspelt, organiser):
    new = reissue(misspelt, by=organiser)

    old = Certificate.objects.get(pk=misspelt.pk)
    assert (old.state, new.state) == ("superseded", "valid")
    assert (new.supersedes, old.superseded_by) == (old, new)
    assert old.facts["name"] == "Trần Thị Lan"
    assert new.facts["name"] == "Trần Thị Lán"
    assert "Trần Thị Lán" in words_of(read_paper(new))
    assert "Trần Thị Lan" in words_of(read_paper(old))


def test_a_correction_counts_on_the_day_of_the_first(misspelt, organiser, campaign, village):
    Certificate.objects.update(certified_on=timezone.localdate() - timezone.timedelta(days=9))

    reissue(misspelt, by=organiser)

    assert total(campaign, village)["certified"] == 1
    assert certified_facts(campaign) == {misspelt.enrolment_id: campaign.day_number() - 9}
    assert Enrolment.objects.get().certified_day == campaign.day_number() - 9


def test_what_is_still_right_is_not_corrected(certificate, organiser):
    with pytest.raises(ValidationError) as refusal:
        reissue(certificate, by=organiser)

    assert refusal.value.code == "same"
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("was", ["revoked", "superseded"])
def test_only_what_stands_can_be_corrected(misspelt, organiser, was):
    if was == "revoked":
        revoke_certificate(misspelt, by=organiser, because="Cấp nhầm người")
    else:
        reissue(misspelt, by=organiser)
    count = Certificate.objects.count()

    with pytest.raises(ValidationError) as refusal:
        reissue(misspelt, by=organiser)

    assert refusal.value.code == "not_standing"
    assert Certificate.objects.count() == count


def test_a_superseded_one_cannot_be_revoked(misspelt, organiser):
    reissue(misspelt, by=organiser)

    with pytest.raises(ValidationError) as refusal:
        revoke_certificate(misspelt, by=organiser, because="Cấp nhầm người")

    assert refusal.value.code == "superseded"


def test_what_changed_is_named(misspelt):
    ((label, printed, now),) = changes_since(misspelt)

    assert label
    assert (printed, now) == ("Trần Thị Lan", "Trần Thị Lán")


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": timezone.now()}, {"revoked_because": "x"}],
    ids=["without a reason", "without a time"],
)
def test_the_database_itself_refuses_half_a_revocation(certificate, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**change)


# The rule: forget


def test_an_erased_resident_is_nowhere_on_certificates(
    certificate, lan, organiser, campaign, village
):
    name, shelf = certificate.file.name, certificate_storage()

    erase_resident(lan, by=organiser)

    certificate = Certificate.objects.get()
    assert certificate.facts["name"] == ERASED
    assert certificate.facts["birth_year"] is None
    assert not certificate.file
    assert "Lan" not in str(certificate.facts).replace("Lâm", "")
    assert total(campaign, village)["certified"] == 1
    assert shelf.exists(name)  # Only the commit takes the file away.


def test_the_paper_of_an_erased_resident_leaves_the_shelf(
    certificate, lan, organiser, django_capture_on_commit_callbacks
):
    name, shelf = certificate.file.name, certificate_storage()

    with django_capture_on_commit_callbacks(execute=True):
        erase_resident(lan, by=organiser)

    assert not shelf.exists(name)


# Who may do it

ORGANISERS = [Role.PROVINCE_ORGANISER, Role.COMMUNE_ORGANISER]
LOOKERS = [Role.TEAM_LEADER, Role.INSTRUCTOR, Role.OBSERVER, Role.AUTHOR]


@pytest.mark.parametrize("act", ["revoke", "correct"])
@pytest.mark.parametrize(
    ("role", "allowed"), [(role, True) for role in ORGANISERS] + [(role, False) for role in LOOKERS]
)
def test_who_may_revoke_and_correct(client, misspelt, commune, act, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)
    address = reverse(f"certificates:{act}", args=[misspelt.number])

    looked = client.get(address)
    done = client.post(address, {"because": "Cấp nhầm người"})

    assert looked.status_code == (200 if allowed else 403)
    assert done.status_code == (302 if allowed else 403)
    misspelt.refresh_from_db()
    assert misspelt.stands != allowed


@pytest.mark.parametrize("act", ["revoke", "correct"])
def test_a_stranger_finds_nothing_to_change(client, misspelt, stranger, act):
    client.force_login(stranger)
    address = reverse(f"certificates:{act}", args=[misspelt.number])

    assert client.get(address).status_code == 404
    assert client.post(address, {"because": "x"}).status_code == 404
    misspelt.refresh_from_db()
    assert misspelt.stands


# The screen


def test_a_missing_reason_is_asked_for_at_the_field(client, certificate, organiser):
    client.force_login(organiser)

    answer = client.post(reverse("certificates:revoke", args=[certificate.number]), {"because": ""})

    assert answer.status_code == 422
    assert answer.context["form"].has_error("because", "required")


def test_revoking_what_was_replaced_meanwhile_is_explained_and_the_reason_kept(
    client, misspelt, organiser
):
    reissue(misspelt, by=organiser)
    client.force_login(organiser)

    answer = client.post(
        reverse("certificates:revoke", args=[misspelt.number]), {"because": "Cấp nhầm người"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].has_error("__all__", "superseded")
    assert "Cấp nhầm người" in answer.text


def test_before_correcting_one_sees_what_is_different(client, misspelt, organiser):
    client.force_login(organiser)

    page = client.get(reverse("certificates:correct", args=[misspelt.number])).text

    assert "Trần Thị Lan" in page
    assert "Trần Thị Lán" in page


def test_after_correcting_one_stands_at_the_new_one(client, misspelt, organiser):
    client.force_login(organiser)

    answer = client.post(reverse("certificates:correct", args=[misspelt.number]))

    new = Certificate.objects.valid().get()
    assert answer.url == reverse("certificates:detail", args=[new.number])
    assert new.issued_by == organiser


def test_correcting_twice_in_a_hurry_makes_one(client, misspelt, organiser):
    client.force_login(organiser)
    address = reverse("certificates:correct", args=[misspelt.number])

    statuses = [client.post(address).status_code for _click in range(2)]

    assert statuses == [302, 422]
    assert Certificate.objects.count() == 2
