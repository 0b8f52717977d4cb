"""Who completes a campaign gets a certificate by itself: one, frozen, counted."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.services import counting, total
from certificates import tasks
from certificates.models import Certificate, certificate_storage
from certificates.pdf import draw_certificate, issue_certificate
from certificates.reports import certified_facts, issued, issued_below
from certificates.services import (
    DamagedPaper,
    keep_paper,
    read_paper,
    record_certificate,
    request_certificate,
    revoke_certificate,
)
from jobs.models import Job
from jobs.services import claim, drain, run
from jobs.services import work as worker
from people.roles import Role
from people.services import change_resident
from progress import signals
from progress.models import Attendance, Enrolment
from progress.services import enrol, mark_attendance, withdraw
from tests.certificates.papers import words_of
from tests.factories import AssignmentFactory, ResidentFactory

pytestmark = pytest.mark.django_db


# The rule: by itself, once


def test_the_last_evening_brings_the_certificate(lan, session, campaign, instructor, village):
    campaign.evenings_required = 1
    campaign.save()
    enrolment = enrol(lan, campaign, by=instructor, class_group=session.class_group)

    mark_attendance(session, enrolment, Attendance.Status.PRESENT, by=instructor)
    drain()

    certificate = Certificate.objects.valid().get()
    assert certificate.enrolment == enrolment
    assert certificate.facts["name"] == "Trần Thị Lan"
    assert certificate.facts["evenings"] == 1
    assert "Trần Thị Lan" in words_of(read_paper(certificate))
    assert total(campaign, village)["certified"] == 1


def test_the_figures_move_by_one_in_village_commune_and_province(
    enrolment, campaign, village, commune, province
):
    issue_certificate(enrolment)

    assert [total(campaign, place)["certified"] for place in (village, commune, province)] == [
        1
    ] * 3
    assert Enrolment.objects.get(pk=enrolment.pk).certified_day == campaign.day_number()


def test_completion_announced_twice_asks_once(enrolment):
    for _time in range(2):
        signals.completed.send(Enrolment, enrolment=enrolment)

    assert Job.objects.filter(kind="certificates.issue").count() == 1


def test_a_completion_that_is_rolled_back_asks_for_nothing(enrolment):
    with transaction.atomic():
        signals.completed.send(Enrolment, enrolment=enrolment)
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_issuing_again_gives_back_the_one_that_stands(enrolment):
    first = issue_certificate(enrolment)

    assert issue_certificate(enrolment) == first
    assert request_certificate(enrolment) is None
    assert Certificate.objects.count() == 1


def test_nothing_is_issued_for_a_campaign_not_completed(lan, campaign):
    enrolment = enrol(lan, campaign, by=None)

    for act in (request_certificate, issue_certificate):
        with pytest.raises(ValidationError) as refusal:
            act(enrolment)
        assert refusal.value.code == "not_completed"
    assert not Job.objects.exists()


def test_nothing_is_issued_to_who_has_left_in_the_meantime(enrolment, organiser):
    request_certificate(enrolment)
    withdraw(enrolment, by=organiser)

    drain()

    assert Job.objects.get().state == Job.State.DONE
    assert not Certificate.objects.exists()


# The rule: frozen


def test_a_later_change_of_name_changes_neither_facts_nor_file(certificate, lan, organiser):
    before = read_paper(certificate)

    change_resident(lan, by=organiser, full_name="Trần Thị Lán")

    certificate = Certificate.objects.get()
    assert certificate.facts["name"] == "Trần Thị Lan"
    assert read_paper(certificate) == before
    assert hashlib.sha256(before).hexdigest() == certificate.sha256


@pytest.mark.parametrize("damage", ["other", "shorter", "gone"])
def test_a_file_that_is_not_the_one_issued_is_not_handed_out(certificate, damage, caplog):
    shelf, name = certificate_storage(), certificate.file.name
    pdf = read_paper(certificate)
    shelf.delete(name)
    if damage != "gone":
        with shelf.open(name, "wb") as file:
            file.write(pdf[:-1] if damage == "shorter" else pdf.replace(b"%PDF", b"%PDf"))

    with pytest.raises(DamagedPaper):
        read_paper(certificate)

    assert certificate.number in caplog.text
    assert "Lan" not in caplog.text


def test_keeping_a_paper_twice_keeps_it_once():
    name = keep_paper(b"paper")

    assert keep_paper(b"paper") == name
    with certificate_storage().open(name) as file:
        assert file.read() == b"paper"


def test_a_file_that_a_crash_has_cut_short_is_written_anew():
    name = keep_paper(b"paper, a whole sheet")
    with certificate_storage().open(name, "wb") as file:
        file.write(b"paper, a")

    assert keep_paper(b"paper, a whole sheet") == name
    with certificate_storage().open(name) as file:
        assert file.read() == b"paper, a whole sheet"


def test_the_paper_reaches_a_real_disk(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "certificates": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }

    name = keep_paper(b"paper")

    assert (tmp_path / name).read_bytes() == b"paper"


# The rule: exactly one, whatever dies


class Killed(BaseException):
    """The process is gone: nothing of ours gets to clean up."""


def killed(*_args, **_kwargs):
    raise Killed


@pytest.mark.parametrize(
    ("where", "what"),
    [
        pytest.param(tasks, "draw_certificate", id="before it is drawn"),
        pytest.param(tasks, "record_certificate", id="drawn, not recorded"),
        pytest.param(Certificate, "save", id="while it is recorded"),
        pytest.param(worker, "_finish", id="recorded, not marked done"),
    ],
)
def test_a_worker_killed_anywhere_leaves_exactly_one(
    enrolment, campaign, village, monkeypatch, where, what
):
    request_certificate(enrolment)
    with monkeypatch.context() as patch:
        patch.setattr(where, what, killed)
        with pytest.raises(Killed):
            run(claim("first")[0])
    assert Job.objects.get().state == Job.State.LEASED
    Job.objects.update(lease_until=timezone.now())

    drain()

    certificate = Certificate.objects.get()
    assert Job.objects.get().state == Job.State.DONE
    assert total(campaign, village)["certified"] == 1
    assert certificate.number == Job.objects.get().args["number"]


def test_two_workers_with_the_same_completion_leave_one(enrolment, campaign, village):
    one, two = draw_certificate(enrolment), draw_certificate(enrolment)

    first = record_certificate(enrolment, one.facts, one.pdf)
    second = record_certificate(enrolment, two.facts, two.pdf)

    assert first == second
    assert total(campaign, village)["certified"] == 1


@pytest.mark.django_db(transaction=True)
def test_no_lock_is_held_while_a_paper_is_drawn(enrolment, monkeypatch):
    seen = []

    def look(*args, **kwargs):
        seen.append(connection.in_atomic_block)
        return draw_certificate(*args, **kwargs)

    monkeypatch.setattr(tasks, "draw_certificate", look)
    request_certificate(enrolment)

    drain()

    assert seen == [False]
    assert Certificate.objects.count() == 1


def test_the_database_itself_refuses_a_second_valid_one(certificate):
    certificate.pk, certificate.number = None, "TN-0000-0000-0000"

    with pytest.raises(IntegrityError):
        certificate.save(force_insert=True)


# The rule: counted


def test_the_recount_finds_the_same_day(certificate, enrolment, campaign):
    row = Enrolment.objects.get(pk=enrolment.pk)

    assert certified_facts(campaign) == {enrolment.pk: row.certified_day}


def test_the_recount_shows_a_certificate_that_was_never_counted(certificate, enrolment, campaign):
    with counting([enrolment.pk]) as rows:
        rows[enrolment.pk].certified_day = None

    assert certified_facts(campaign) == {enrolment.pk: campaign.day_number()}


def test_what_was_written_down_late_counts_on_its_own_day(enrolment, campaign):
    three_days_ago = timezone.now() - timezone.timedelta(days=3)

    certificate = issue_certificate(enrolment, at=three_days_ago)

    assert certificate.facts["issued_on"] == timezone.localdate(three_days_ago).isoformat()
    assert certified_facts(campaign)[enrolment.pk] == campaign.day_number() - 3


def test_certificates_are_summed_by_place(certificate, complete, village, commune, province):
    issue_certificate(complete(ResidentFactory(village=village)))

    assert issued(province) == 2
    assert issued_below(province) == {commune.pk: 2}
    assert issued_below(commune) == {village.pk: 2}


# Who may ask for one


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PROVINCE_ORGANISER, True),
        (Role.COMMUNE_ORGANISER, True),
        (Role.TEAM_LEADER, False),
        (Role.INSTRUCTOR, False),
        (Role.OBSERVER, False),
        (Role.AUTHOR, False),
    ],
)
def test_who_may_issue(client, enrolment, commune, role, allowed):
    client.force_login(AssignmentFactory(place=commune, role=role).user)

    answer = client.post(reverse("certificates:issue", args=[enrolment.pk]))

    assert answer.status_code == (302 if allowed else 403)
    assert Job.objects.exists() == allowed


def test_a_stranger_finds_nobody_to_certify(client, enrolment, stranger):
    client.force_login(stranger)

    answer = client.post(reverse("certificates:issue", args=[enrolment.pk]))

    assert answer.status_code == 404
    assert not Job.objects.exists()


# The screen


def test_who_waits_is_listed_until_the_certificate_is_there(client, enrolment, organiser):
    client.force_login(organiser)
    page = client.get(reverse("certificates:waiting")).text
    assert "Trần Thị Lan" in page

    client.post(reverse("certificates:issue", args=[enrolment.pk]))
    drain()

    assert "Trần Thị Lan" not in client.get(reverse("certificates:waiting")).text
    assert Certificate.objects.get().issued_by == organiser


def test_asking_twice_in_a_hurry_makes_one(client, enrolment, organiser):
    client.force_login(organiser)

    for _click in range(2):
        client.post(reverse("certificates:issue", args=[enrolment.pk]))
    drain()

    assert Certificate.objects.count() == 1


def test_a_revoked_one_does_not_come_back_by_itself_but_by_hand(
    client, certificate, enrolment, organiser
):
    revoke_certificate(certificate, by=organiser, because="Nhầm người")
    enrolment.refresh_from_db()
    signals.completed.send(Enrolment, enrolment=enrolment)
    assert not Job.objects.exists()
    client.force_login(organiser)

    client.post(reverse("certificates:issue", args=[enrolment.pk]))
    drain()

    assert Certificate.objects.valid().get() != certificate


# The cost


def test_recording_one_takes_few_statements(enrolment, django_assert_max_num_queries):
    draft = draw_certificate(enrolment)

    with django_assert_max_num_queries(14):
        record_certificate(enrolment, draft.facts, draft.pdf)


def test_the_waiting_list_costs_the_same_however_long(
    client, organiser, complete, village, django_assert_max_num_queries
):
    client.force_login(organiser)
    costs = []
    for learners in (1, 3):
        for resident in ResidentFactory.create_batch(learners, village=village):
            complete(resident)
        with django_assert_max_num_queries(8) as asked:
            client.get(reverse("certificates:waiting"))
        costs.append(len(asked))

    assert costs[0] == costs[1]
