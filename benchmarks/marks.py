"""What the register and the questions cost: CPU milliseconds, in a database of its own.

Run: python benchmarks/marks.py [people] [rounds]
"""

import logging
import os
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# Plain names of static files: what is measured is ours.
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
os.environ.setdefault("TRAMNGAY_DATA", tempfile.mkdtemp(prefix="tramngay-bench-"))

import django

django.setup()

# Django has to be set up first.
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from people.roles import Role  # noqa: E402
from people.services import issue_card  # noqa: E402
from progress.services import NewMark, enrol, mark_many, start_attempt  # noqa: E402
from tests import factories  # noqa: E402


def main(people: int, rounds: int) -> None:
    logging.disable(logging.WARNING)
    setup_test_environment()
    call_command("migrate", verbosity=0)
    province = factories.PlaceFactory(kind="province")
    commune = factories.PlaceFactory(kind="commune", parent=province)
    village = factories.PlaceFactory(parent=commune)
    session = factories.ClassSessionFactory(class_group__place=village)
    course = factories.CourseFactory(lessons=2)
    session.campaign.required_courses.set([course])
    teacher = factories.AssignmentFactory(place=commune, role=Role.INSTRUCTOR).user
    learners = [
        enrol(resident, session.campaign, by=teacher, class_group=session.class_group)
        for resident in factories.ResidentFactory.create_batch(people, village=village)
    ]
    print(f"{connection.vendor}, {people} people, median of {rounds} (CPU ms, wall ms)")

    def bulk(number):
        status = ("present", "absent")[number % 2]
        mark_many(session, [NewMark(row.pk, status) for row in learners], by=teacher)

    measure(f"{people} marks in one request (service)", bulk, rounds)

    staff = Client()
    staff.force_login(teacher)
    register = reverse("progress:register", args=[session.pk])
    measure(f"the register of {people} people (page)", lambda n: get(staff, register), rounds)
    line = reverse("progress:mark", args=[session.pk, learners[0].pk])

    def tap(number):
        status = ("present", "late")[number % 2]
        sent = {"status": status, "nonce": str(uuid.uuid4())}
        assert staff.post(line, sent, headers={"hx-request": "true"}).status_code == 200

    measure("one tap in the register (htmx)", tap, rounds)

    attempt = start_attempt(learners[0], course.lessons().first())
    _card, token = issue_card(learners[0].resident, by=teacher)
    phone = Client()
    phone.post(reverse("people:card_open"), {"token": token})
    question = reverse("progress:question", args=[attempt.uuid, 1])

    def answer(number):
        sent = {"answer": ("a", "b")[number % 2]}
        assert phone.post(question, sent).status_code == 302

    measure("an answer to a question", answer, rounds)
    measure("a question's page", lambda n: get(phone, question), rounds)
    measure("the learner's home", lambda n: get(phone, reverse("progress:learn")), rounds)


def get(client, url):
    assert client.get(url).status_code == 200


def measure(name, act, rounds):
    act(0)
    cpu, wall = [], []
    for number in range(1, rounds + 1):
        began, tick = time.process_time(), time.perf_counter()
        act(number)
        cpu.append((time.process_time() - began) * 1000)
        wall.append((time.perf_counter() - tick) * 1000)
    print(f"{name:45} {statistics.median(cpu):7.1f} {statistics.median(wall):7.1f}")


if __name__ == "__main__":
    main(*(int(number) for number in (sys.argv[1:] + ["30", "20"][len(sys.argv) - 1 :])))
