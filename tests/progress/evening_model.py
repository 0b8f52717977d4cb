"""A plain model of an evening at the server: what phones send, what is taken, what it comes to.

Written as naively as can be, so that it is easily seen to be right; it knows neither the database
nor the code that it is compared with.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
STATUSES = ("present", "late", "excused", "absent", "")
CAME = ("present", "late")
PEOPLE, NEWCOMER, PHONES, EVENINGS = 3, 2, 3, 2
# Phones 0 and 1 are one volunteer's, phone 2 another's.
OWNER = (0, 0, 1)
# By how much the phones' clocks are wrong.
CLOCKS = (dt.timedelta(), 3 * 60 * MINUTE, -DAY, 5 * MINUTE)
MEDDLING = ("close", "reopen", "cancel", "restore", "leave", "dismiss", "merge")


@dataclass(frozen=True)
class Tap:
    """Something noted on a phone: a mark, or that the newcomer has come."""

    id: uuid.UUID
    phone: int
    seq: int
    evening: int
    person: int
    # Of a mark; of the newcomer's arrival there is none.
    status: str | None
    base: uuid.UUID | None
    # When it was, by the phone's clock, and by how much the phone knows this to be wrong.
    clock: dt.datetime
    off: dt.timedelta

    @property
    def is_arrival(self):
        return self.status is None

    def told(self):
        return self.clock + self.off


@dataclass
class Mark:
    """A mark in the register."""

    id: uuid.UUID
    evening: int
    person: int
    status: str
    base: uuid.UUID | None
    device: str
    seq: int
    observed_at: dt.datetime
    observed_by_id: int


@dataclass
class Server:
    """What a server knows."""

    now: dt.datetime
    begins: list[dt.datetime]
    marks: dict[uuid.UUID, Mark] = field(default_factory=dict)
    # {tap: why}
    held: dict[uuid.UUID, str] = field(default_factory=dict)
    known: dict[uuid.UUID, Tap] = field(default_factory=dict)
    has_arrived: bool = False
    is_closed: list[bool] = field(default_factory=lambda: [False] * EVENINGS)
    is_cancelled: list[bool] = field(default_factory=lambda: [False] * EVENINGS)
    merged: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    dismissed: set[int] = field(default_factory=set)

    # What phones send

    def receive(self, batch):
        """Answer each of a batch's taps; arrivals are looked at first, whatever their place."""
        verdicts = {}
        for number, tap in sorted(enumerate(batch), key=lambda pair: not pair[1].is_arrival):
            verdicts[number] = self._receive(tap)
        return [verdicts[number] for number in range(len(batch))]

    def _receive(self, tap):
        if tap.id in self.known:
            if self.known[tap.id] != tap:
                return "no", "id_reused"
            return "dup", "held" if tap.id in self.held else ""
        reason = self._why_not(tap)
        if reason == "unknown":
            return "later", "unknown_person"
        self.known[tap.id] = tap
        if reason:
            self.held[tap.id] = reason
            return "ok", "held"
        self.append(tap)
        return "ok", ""

    def _why_not(self, tap):
        if OWNER[tap.phone] in self.dismissed:
            return "no_longer"
        if tap.told() <= self.now - 45 * DAY:
            return "too_old"
        if tap.is_arrival:
            return None
        if tap.person == NEWCOMER and not self.has_arrived:
            arrivals = [self.known[pk] for pk in self.held if self.known[pk].is_arrival]
            return self.held[arrivals[0].id] if arrivals else "unknown"
        if self.is_cancelled[tap.evening]:
            return "cancelled"
        if self.is_closed[tap.evening]:
            return "closed"
        if self.seen_at(tap) < self.begins[tap.evening] - 120 * MINUTE:
            return "early"
        if self.who(tap.person) in self.left:
            return "withdrawn"
        return None

    def seen_at(self, tap):
        return min(tap.told(), self.now)

    def append(self, tap):
        if tap.is_arrival:
            self.has_arrived = True
            return
        self.marks[tap.id] = Mark(
            id=tap.id,
            evening=tap.evening,
            person=self.who(tap.person),
            status=tap.status,
            base=tap.base,
            device=f"phone {tap.phone}",
            seq=tap.seq,
            observed_at=self.seen_at(tap),
            observed_by_id=OWNER[tap.phone],
        )

    # What others do meanwhile

    def who(self, person):
        return self.merged.get(person, person)

    def merge(self, kept, duplicate):
        self.merged[duplicate] = kept
        for mark in self.marks.values():
            mark.person = self.who(mark.person)
        if not {kept, duplicate} <= self.left:
            self.left.discard(kept)
        self.left.discard(duplicate)

    def take(self, pk):
        """A leader takes what was held."""
        tap = self.known[pk]
        del self.held[pk]
        self.append(tap)
        self.left.discard(self.who(tap.person))

    # What it comes to

    def came_to(self):
        """Return {(evening, person): (status, whether two disagree)}."""
        together = {}
        for mark in self.marks.values():
            together.setdefault((mark.evening, mark.person), []).append(mark)
        return {key: plain_fold(marks) for key, marks in together.items()}


def plain_fold(marks):
    """What marks come to, said as in the decision record, one sentence after the other."""

    def hand(mark):
        return mark.device or ("user", mark.observed_by_id)

    def is_later_tap(other, mark):
        one, two = ((m.seq, m.observed_at, str(m.id)) for m in (other, mark))
        return hand(other) == hand(mark) and one > two

    def is_overtaken(mark):
        seen = any(other.base == mark.id and other is not mark for other in marks)
        return seen or any(is_later_tap(other, mark) for other in marks)

    standing = [mark for mark in marks if not is_overtaken(mark)] or list(marks)
    latest = standing[0]
    for mark in standing:
        if (mark.observed_at, mark.device, mark.seq, str(mark.id)) > (
            latest.observed_at,
            latest.device,
            latest.seq,
            str(latest.id),
        ):
            latest = mark
    return latest.status, len({mark.status for mark in standing}) > 1


# Stories


def make_taps(random, now, begins):
    """Return what three phones with clocks of their own noted on two evenings."""
    off_by = [random.choice(CLOCKS) for _phone in range(PHONES)]
    # Whether a phone has met the server lately and knows how wrong its clock is.
    knows = [random.random() < 0.8 for _phone in range(PHONES)]
    seqs = [0] * PHONES
    taps: list[Tap] = []
    count = random.randint(2, 9)
    arrival = random.randint(0, count)
    for number in range(count + 1):
        phone = random.randrange(PHONES)
        evening = random.randrange(EVENINGS)
        seqs[phone] += random.choice([1, 1, 2])
        when = begins[evening] + random.randint(-10, 50) * MINUTE
        if random.random() < 0.04:
            when = now - random.choice([50, 400]) * DAY
        earlier = [tap.id for tap in taps if not tap.is_arrival]
        clock = min(when, now) + off_by[phone]
        taps.append(
            Tap(
                id=uuid.UUID(int=(random.getrandbits(30) << 40) + number + 1),
                phone=phone,
                seq=seqs[phone],
                evening=evening,
                person=NEWCOMER if number == arrival else random.randrange(PEOPLE),
                status=None if number == arrival else random.choice(STATUSES),
                base=None
                if number == arrival or not earlier or random.random() < 0.5
                else random.choice(earlier),
                clock=now if number == arrival else clock,
                off=-off_by[phone] if knows[phone] and number != arrival else dt.timedelta(),
            )
        )
    return taps


def make_story(random, taps, *, meddling=True):
    """Return in which order all of it arrives, some of it twice, and what happens in between."""
    story: list[tuple] = []
    for _step in range(random.randint(1, 6)):
        sent = [random.choice(taps) for _tap in range(random.randint(1, 5))]
        story.append(("send", sent))
        if random.random() < 0.3:
            story.append(("forge", random.choice(taps)))
        if meddling and random.random() < 0.6:
            story.append((random.choice(MEDDLING), random.randrange(6)))
    rest = random.sample(taps, len(taps))
    cut = random.randint(0, len(rest))
    # At last all of it, in two parts; what waited for the newcomer once more; and nothing may come
    # of sending everything again.
    return [*story, ("hire", 0), *(("send", part) for part in (rest[:cut], rest[cut:], rest, rest))]


def forged(tap):
    """The same number with other contents."""
    if tap.is_arrival:
        return None
    return replace(tap, status="late" if tap.status != "late" else "absent")
