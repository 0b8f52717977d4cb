"""How many residents are registered: the one measure that is not an enrolment's.

A resident counts in every campaign whose place he lives in, if he was registered up to its last
day: on the day of his registration, day 0 if that was before the first. Whoever is merged into
another record or erased counts no more. This holds for campaigns that are over, too: the rule asks
only for the register of residents as it is, so it can be counted again at any time. What a report
said when it was accepted stays in the report.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Case, Count, DateField, IntegerField, Sum, Value, When
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from campaigns.models import Campaign, Cell, CountKind, Journal
from campaigns.rules import (
    LANGUAGES,
    SEX_SLOTS,
    AgeBand,
    group_slot,
    head_slots,
    language_slot,
)
from campaigns.rules.counting import BAND_FROM
from campaigns.services.journal import append, known_lineages
from people.models import Resident
from people.signals import Head

_KINDS = (CountKind.DAY, CountKind.GROUP, CountKind.LANGUAGE)
# No kind of counter: these rows are people.
_PEOPLE = -1

# {(kind, village, slot): residents}
Counts = dict[tuple[int, int, int], int]


def count_heads(before: Iterable[Head], after: Iterable[Head]) -> None:
    """Count people who came, went or are known otherwise now, in whatever campaigns they live."""
    heads = Counter(after)
    heads.subtract(Counter(before))
    lineages = known_lineages({head.village_id for head, n in heads.items() if n})
    lineages = {place: lineage for place, lineage in lineages.items() if lineage.village}
    campaigns = defaultdict(list)
    places = {place for lineage in lineages.values() for place in lineage[1:]}
    for campaign in Campaign.objects.filter(place__in=places).only("place", "first_day", "length"):
        campaigns[campaign.place_id].append(campaign)
    differences: Counter = Counter()
    for head, n in heads.items():
        for place in lineages[head.village_id][1:] if head.village_id in lineages else ():
            for campaign in campaigns[place]:
                if head.registered_on <= campaign.last_day:
                    for kind, slot in _slots(campaign, head):
                        differences[campaign.pk, head.village_id, kind, slot, "registered"] += n
    append(differences, lineages)


def count_registered(campaign: Campaign) -> None:
    """Count everybody anew: the campaign is new, or its place or its days are others.

    To be called in a transaction that holds the campaign locked. People and counters are read in
    one statement, so whoever is registered meanwhile is seen in both or in neither.
    """
    differences: Counter = Counter()
    people = _people(campaign).annotate(n=Count("pk"))
    counted = [
        rows.values_list(Value(0), *("kind", column), _NO_DATE, "slot", Value(0)).annotate(
            n=Sum("registered")
        )
        for rows, column in (
            (_counters(Cell, campaign).filter(place__depth=3), "place_id"),
            (_counters(Journal, campaign).filter(village__isnull=False), "village_id"),
        )
    ]
    for tag, kind, village, on, slot, language, n in people.union(*counted, all=True):
        if tag == _PEOPLE:
            for kind_, slot_ in _of(campaign, on, slot, language):
                differences[campaign.pk, village, kind_, slot_, "registered"] += n
        else:
            differences[campaign.pk, village, kind, slot, "registered"] -= n
    append(differences)


def registered_facts(campaign: Campaign) -> Counts:
    """Return who is registered, from the register itself, in one aggregate statement."""
    counted: Counter = Counter()
    rows = _people(campaign).annotate(n=Count("pk"))
    for _tag, _kind, village, on, slot, language, n in rows.iterator():
        for kind, slot_ in _of(campaign, on, slot, language):
            counted[int(kind), village, slot_] += n
    return dict(counted)


def _slots(campaign: Campaign, head: Head):
    return head_slots(
        campaign.day_number(head.registered_on),
        head.birth_year,
        head.sex,
        head.language,
        campaign.first_day.year,
    )


def _of(campaign: Campaign, on: dt.date | None, group: int, language: int):
    day = campaign.day_number(on) if on else 0
    return (CountKind.DAY, day), (CountKind.GROUP, group), (CountKind.LANGUAGE, language)


_NO_DATE = Cast(Value(None), DateField())


def _counters(model, campaign):
    return model.objects.filter(campaign=campaign, kind__in=_KINDS).exclude(registered=0)


def _people(campaign: Campaign):
    """Return the residents by village, day, group and language; all days before are one."""
    begins, ends = _midnight(campaign.first_day), _midnight(campaign.last_day + dt.timedelta(1))
    whole = {"output_field": IntegerField()}
    band = Case(
        When(birth_year=None, then=Value(AgeBand.UNKNOWN)),
        *(
            When(birth_year__lte=campaign.first_day.year - least, then=Value(band))
            for least, band in BAND_FROM
        ),
        default=Value(AgeBand.CHILD),
        **whole,
    )
    sex = Case(
        *(When(sex=sex, then=Value(slot)) for sex, slot in SEX_SLOTS.items()),
        default=Value(0),
        **whole,
    )
    language = Case(
        *(When(learning_language=code, then=Value(language_slot(code))) for code in LANGUAGES),
        **whole,
    )
    on = Case(
        When(registered_at__lt=begins, then=_NO_DATE),
        default=TruncDate("registered_at"),
        output_field=DateField(),
    )
    people = Resident.objects.current().below(campaign.place).filter(registered_at__lt=ends)
    return people.order_by().values_list(
        Value(_PEOPLE),
        Value(0),
        "village_id",
        on,
        band * Value(group_slot(1, 0)) + sex,
        language,
    )


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
