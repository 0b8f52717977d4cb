"""Whatever order, however often, with whatever clocks: nothing is lost, nothing is doubled.

The stories are told to the plain model in ``evening_model`` and to the product. Ten thousand of
them are folded without a database in every run; some go through the real ``take_in``, and all of
them with ``TRAMNGAY_STORIES=10000``.
"""

import datetime as dt
import os
import uuid
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.services import cancel_session, restore_session
from people.models import Resident
from people.roles import Role
from progress.models import Attendance, Enrolment, HeldItem, Mark
from progress.reports import doubts
from progress.rules import fold
from progress.services import close_register, enrol, merge_people, reopen_register, withdraw
from progress.services.sync import Person, take_in
from progress.services.sync.deciding import take_held
from tests.factories import AssignmentFactory, ClassSessionFactory
from tests.progress import evening_model as plain
from tests.progress.phones import said

# Without a database, of which SQLite's is the quicker, each takes a millisecond.
PURE = 10_000
STORIES = int(os.environ.get("TRAMNGAY_STORIES", "30"))
AT_ONCE = 50


# Without a database


@pytest.mark.laptop
@given(st.integers(0, 2**63))
@settings(max_examples=PURE // AT_ONCE, deadline=None)
def test_ten_thousand_stories_end_alike_in_every_order(seed):
    """What is folded is what the plain model says, and the same whichever way it came."""
    random = Random(seed)
    now = dt.datetime(2026, 11, 21, 21, tzinfo=dt.UTC)
    begins = [now - 60 * plain.MINUTE, now - plain.DAY]
    for _story in range(AT_ONCE):
        taps = plain.make_taps(random, now, begins)
        ends = []
        for _order in range(2):
            server = plain.Server(now, begins)
            for verb, sent in plain.make_story(random, taps, meddling=False):
                if verb == "send":
                    server.receive(sent)
            for pk in list(server.held):
                server.take(pk)
            # Zero lost, zero doubled.
            assert set(server.marks) == {tap.id for tap in taps if not tap.is_arrival}
            ends.append(server.came_to())
            folded = {}
            for key in ends[-1]:
                marks = [m for m in server.marks.values() if (m.evening, m.person) == key]
                answer = fold(random.sample(marks, len(marks)) + marks[:1])
                folded[key] = answer.status, answer.is_disputed
            assert folded == ends[-1]
        assert ends[0] == ends[1]


# Through the database


class Product:
    """The server itself, doing what a story tells."""

    def __init__(self, volunteers, leader, evenings, residents, village, now):
        self.volunteers, self.leader, self.evenings = volunteers, leader, evenings
        self.now, self.village = now, village
        self.people = residents
        self.model = plain.Server(now, [evening.starts_at for evening in evenings])
        self.devices = [uuid.UUID(int=number + 1) for number in range(plain.PHONES)]
        self.taps = {}

    def play(self, story):
        for verb, what in story:
            getattr(self, verb)(what)
            self.compare(verb)

    # What phones send

    def send(self, taps):
        self.taps |= {tap.id: tap for tap in taps}
        # A phone sends its own; what several have noted comes in several batches.
        for owner in (0, 1):
            mine = [tap for tap in taps if plain.OWNER[tap.phone] == owner]
            expected = self.model.receive(mine)
            assert self._sent(owner, mine) == expected

    def forge(self, tap):
        """Send another's number with other contents, once the true one is there."""
        other = plain.forged(tap)
        if other and tap.id in self.model.known:
            assert self._sent(plain.OWNER[tap.phone], [other]) == [("no", "id_reused")]

    def _sent(self, owner, taps):
        person = Person(user=self.volunteers[owner])
        return said(take_in(person, [self._item(tap) for tap in taps], now=self.now))

    def _item(self, tap):
        shared = {
            "id": str(tap.id),
            "who": f"staff:{self.volunteers[plain.OWNER[tap.phone]].pk}",
            "device": str(self.devices[tap.phone]),
            "seq": tap.seq,
            "at": round(tap.clock.timestamp() * 1000),
            "off": round(tap.off.total_seconds() * 1000),
            "session": self.evenings[tap.evening].pk,
            "person": str(self.people[tap.person]),
        }
        if tap.is_arrival:
            return shared | {
                "kind": "arrival",
                "name": "Ngô Thị Sen",
                "village": self.village.pk,
                "consent": "spoken",
            }
        base = tap.base and str(tap.base)
        return shared | {"kind": "mark", "status": tap.status, "base": base, "how": "tap"}

    # What others do meanwhile; what the product refuses does not happen in the model either

    def _evening(self, number):
        evening = self.evenings[number % plain.EVENINGS]
        evening.refresh_from_db()
        return evening

    def close(self, number):
        self._try(close_register, self._evening(number), by=self.leader, rest_is_absent=True)

    def reopen(self, number):
        self._try(reopen_register, self._evening(number), "một người quên", by=self.leader)

    def cancel(self, number):
        self._try(cancel_session, self._evening(number), by=self.leader, because="Mưa to")

    def restore(self, number):
        self._try(restore_session, self._evening(number), by=self.leader)

    def leave(self, number):
        person = number % 2
        if self.model.who(person) == person:
            withdraw(self._enrolment(person), by=self.leader)
            self.model.left.add(person)

    def dismiss(self, number):
        user = self.volunteers[number % 2]
        user.assignments.update(until=timezone.localdate() - plain.DAY)
        self.model.dismissed.add(number % 2)

    def hire(self, _number):
        for user in self.volunteers:
            user.assignments.update(until=None)
        self.model.dismissed.clear()

    def merge(self, number):
        duplicate = (1, plain.NEWCOMER)[number % 2]
        if duplicate in self.model.merged or not (duplicate == 1 or self.model.has_arrived):
            return
        kept, other = self._resident(0), self._resident(duplicate)
        merge_people(kept, other, by=self.leader)
        self.model.merge(0, duplicate)

    def take_all(self):
        """A leader takes everything that waits, newcomers first."""
        held = HeldItem.objects.waiting().order_by("kind", "observed_at", "id")
        for item in held:
            take_held(item, by=self.leader, took_place=True)
            self.model.take(item.pk)
        self.compare("take")

    def _try(self, verb, *args, **more):
        try:
            with transaction.atomic():
                verb(*args, **more)
        except ValidationError:
            pass

    def _enrolment(self, person):
        campaign = self.evenings[0].campaign_id
        return Enrolment.objects.get(resident__uuid=self.people[person], campaign=campaign)

    def _resident(self, person):
        return Resident.objects.get(uuid=self.people[person])

    # Whether both say the same

    def compare(self, verb):
        self._learn_what_the_server_did(verb)
        assert self._state() == self.model.came_to()
        waiting = HeldItem.objects.waiting().values_list("pk", "reason")
        assert dict(waiting) == self.model.held

    def _learn_what_the_server_did(self, verb):
        """Closing, merging and deciding make marks of their own; sending never does."""
        numbers = {evening.pk: number for number, evening in enumerate(self.evenings)}
        people = {uuid: number for number, uuid in enumerate(self.people)}
        rows = Mark.objects.select_related("enrolment__resident")
        found = {row.pk: row for row in rows}
        if verb in ("send", "forge"):
            assert found.keys() == self.model.marks.keys()
        for pk, row in found.items():
            if pk in self.taps:
                mine = self.model.marks[pk]
                assert (row.status, row.base, row.seq) == (mine.status, mine.base, mine.seq)
                assert abs(row.observed_at - mine.observed_at) < dt.timedelta(milliseconds=1)
                mine.observed_at = row.observed_at
                mine.device = row.device
                mine.observed_by_id = row.observed_by_id
            else:
                self.model.marks[pk] = plain.Mark(
                    id=pk,
                    evening=numbers[row.session_id],
                    person=people[row.enrolment.resident.uuid],
                    status=row.status,
                    base=row.base,
                    device=row.device,
                    seq=row.seq,
                    observed_at=row.observed_at,
                    observed_by_id=row.observed_by_id,
                )
        for number, evening in enumerate(self.evenings):
            evening.refresh_from_db()
            self.model.is_closed[number] = evening.register_closed_at is not None
            self.model.is_cancelled[number] = evening.state == "cancelled"

    def _state(self):
        numbers = {evening.pk: number for number, evening in enumerate(self.evenings)}
        people = {uuid: number for number, uuid in enumerate(self.people)}
        rows = Attendance.objects.values_list(
            "session", "enrolment__resident__uuid", "status", "is_disputed"
        )
        return {
            (numbers[session], people[person]): (status, is_disputed)
            for session, person, status, is_disputed in rows
        }


@pytest.fixture
def world(db, session, campaign, village, lan, instructor, leader, commune):
    """Return a function that makes a server with two evenings, two learners and a newcomer."""
    other = AssignmentFactory(place=commune, role=Role.INSTRUCTOR, user__username="an").user
    earlier = ClassSessionFactory(
        class_group=session.class_group, starts_at=session.starts_at - plain.DAY
    )
    hoa = Resident.objects.create(full_name="Lê Thị Hoa", birth_year=1950, village=village)
    for resident in (lan, hoa):
        enrol(resident, campaign, by=instructor, class_group=session.class_group)
    now = timezone.now().replace(microsecond=0)

    def make(newcomer):
        evenings = [type(session).objects.get(pk=pk) for pk in (session.pk, earlier.pk)]
        people = [lan.uuid, hoa.uuid, newcomer]
        return Product([instructor, other], leader, evenings, people, village, now)

    return make


@given(random=st.randoms(use_true_random=False))
@settings(
    max_examples=STORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_product_does_what_the_plain_model_says(world, random):
    """Answer by answer, with closings, cancellations, merges and dismissals in between."""
    with transaction.atomic():
        product = world(uuid.UUID(int=random.getrandbits(64)))
        taps = plain.make_taps(random, product.now, product.model.begins)
        product.play(plain.make_story(random, taps))
        product.take_all()

        # Zero lost, zero doubled: every tap is one mark in the register.
        phones = Mark.objects.filter(device__in=[str(device) for device in product.devices])
        sent = {tap.id for tap in taps if not tap.is_arrival}
        assert sorted(phones.values_list("pk", flat=True)) == sorted(sent)
        assert not HeldItem.objects.waiting().exists()
        assert not doubts(product.evenings[0].campaign)
        transaction.set_rollback(True)


@given(random=st.randoms(use_true_random=False))
@settings(
    max_examples=STORIES // 3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_two_orders_come_to_the_same(world, random):
    newcomer = uuid.UUID(int=random.getrandbits(64))
    ends = []
    product = world(newcomer)
    taps = plain.make_taps(random, product.now, product.model.begins)
    for _order in range(2):
        with transaction.atomic():
            product = world(newcomer)
            product.play(plain.make_story(random, taps, meddling=False))
            product.take_all()
            marks = set(Mark.objects.values_list("pk", "enrolment__resident__uuid", "observed_at"))
            counted = list(Enrolment.objects.order_by("resident__uuid").values_list("evenings"))
            ends.append((product._state(), marks, counted))
            transaction.set_rollback(True)
    assert ends[0] == ends[1]
