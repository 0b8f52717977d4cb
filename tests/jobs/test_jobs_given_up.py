"""An operator sees the jobs that were given up, and has one tried anew."""

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from jobs.models import Job
from jobs.services import drain, enqueue, handler, retry_dead

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(django_user_model):
    return django_user_model.objects.create_superuser(username="vanhanh", password="x")


@pytest.fixture
def done():
    """What the handler of "test.greet" has done."""
    numbers = []
    handler("test.greet")(lambda number: numbers.append(number))
    return numbers


@pytest.fixture
def given_up(done):
    job = enqueue("test.greet", number=1)
    Job.objects.update(
        state=Job.State.DEAD, attempts=8, error="ValueError", finished_at=timezone.now()
    )
    job.refresh_from_db()
    return job


# The rule


def test_a_job_tried_anew_is_done(given_up, operator, done):
    retry_dead(given_up, by=operator)
    drain()

    given_up.refresh_from_db()
    assert (done, given_up.state, given_up.error) == ([1], Job.State.DONE, "")


def test_only_a_job_that_was_given_up_is_tried_anew(operator, done):
    job = enqueue("test.greet", number=1)

    with pytest.raises(ValidationError) as refusal:
        retry_dead(job, by=operator)

    assert refusal.value.code == "not_dead"


# Who may


def test_nobody_else_knows_of_the_page(client, given_up, organiser):
    client.force_login(organiser)

    assert client.get(reverse("jobs:dead")).status_code == 404
    assert client.post(reverse("jobs:dead"), {"job": given_up.pk}).status_code == 404
    given_up.refresh_from_db()
    assert given_up.state == Job.State.DEAD


def test_a_visitor_is_asked_to_sign_in(client, given_up):
    answer = client.get(reverse("jobs:dead"))

    assert answer.url.startswith(reverse("account_login"))


# The screen


def test_the_page_shows_what_was_given_up_and_why(client, operator, given_up):
    client.force_login(operator)

    page = client.get(reverse("jobs:dead")).text

    assert "test.greet" in page
    assert "ValueError" in page


def test_the_button_has_it_tried_again(client, operator, given_up):
    client.force_login(operator)

    answer = client.post(reverse("jobs:dead"), {"job": given_up.pk}, follow=True)

    given_up.refresh_from_db()
    assert given_up.state == Job.State.READY
    assert answer.redirect_chain == [(reverse("jobs:dead"), 302)]


@pytest.mark.parametrize("number", ["", "x", "-1", "999999999", "1" * 40])
def test_a_number_that_is_none_is_not_found(client, operator, number):
    client.force_login(operator)

    assert client.post(reverse("jobs:dead"), {"job": number}).status_code == 404


def test_the_button_pressed_twice_explains_itself(client, operator, given_up):
    client.force_login(operator)
    client.post(reverse("jobs:dead"), {"job": given_up.pk})

    with translation.override("vi"):
        answer = client.post(reverse("jobs:dead"), {"job": given_up.pk}, follow=True)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("state", "polls"),
    [(Job.State.READY, True), (Job.State.LEASED, True), (Job.State.DONE, False)],
)
def test_the_bar_asks_again_until_the_job_is_over(state, polls):
    job = Job(pk=5, kind="test.greet", state=state, progress_done=3, progress_total=9)

    bar = render_to_string("jobs/_progress.html", {"job": job, "url": "/x/"})

    assert ('hx-get="/x/"' in bar) == polls
    assert ("3/9" in bar) == polls
    assert 'id="job-5"' in bar


# The cost


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_there_are(
    client, operator, given_up, count, django_assert_max_num_queries
):
    for number in range(1, count):
        enqueue("test.greet", number=number)
    Job.objects.update(state=Job.State.DEAD, finished_at=timezone.now())
    client.force_login(operator)

    with django_assert_max_num_queries(6):
        client.get(reverse("jobs:dead"))
