"""What is wrong with records of people: gaps, doubles, years that cannot be, forgotten ones.

Each question is one statement over some villages, never one for each person.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from itertools import combinations

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from people.models import Change, Consent, DistinctPair, Resident
from people.rules import folded_name_key, years_are_close
from people.services.duplicates import SLACK_WHEN_ABOUT

# Nobody younger comes to an evening class, and hardly anybody is older.
YOUNGEST, OLDEST = 6, 110
# So long without a change, a mark, an observation or a word of consent: does it still hold?
UNTOUCHED = dt.timedelta(days=180)

_LEARNING = Consent.objects.filter(
    resident=OuterRef("pk"), purpose=Consent.Purpose.LEARNING_RECORD
).order_by()

# What a record should tell, and when it does not. Village and learning language are always there;
# "no telephone" is an answer, but somebody has to have asked. Whoever was asked to agree has
# answered, even if he took it back later.
_GAPS = {
    "birth_year": Q(birth_year=None),
    "sex": Q(sex=""),
    "phone": Q(phone="") & ~Q(phone_kind=Resident.PhoneKind.NONE),
    "learning_language": Q(learning_language=""),
    "consent": ~Exists(_LEARNING),
}
GAP_LABELS = {
    "birth_year": gettext_lazy("year of birth"),
    "sex": gettext_lazy("sex"),
    "phone": gettext_lazy("telephone, or that there is none"),
    "learning_language": gettext_lazy("learning language"),
    "consent": gettext_lazy("consent"),
}

Pair = tuple[int, int]


def incomplete(people):
    """Keep the records with gaps, and ask of each whether consent was ever spoken of."""
    condition = Q()
    for gap in _GAPS.values():
        condition |= gap
    return people.filter(condition).annotate(was_asked=Exists(_LEARNING))


def gaps_of(resident) -> list[str]:
    """Return which fields a record lacks that ``incomplete`` has found."""
    has = {
        "birth_year": resident.birth_year is not None,
        "sex": bool(resident.sex),
        "phone": bool(resident.phone) or resident.phone_kind == Resident.PhoneKind.NONE,
        "learning_language": bool(resident.learning_language),
        "consent": resident.was_asked,
    }
    return [name for name, is_there in has.items() if not is_there]


def odd_years(people):
    """Keep those whose year of birth cannot be, or hardly."""
    year = timezone.localdate().year
    return people.filter(Q(birth_year__gt=year - YOUNGEST) | Q(birth_year__lt=year - OLDEST))


def untouched(people):
    """Keep those whose record nobody has changed, and who said nothing of it, for long."""
    since = timezone.now() - UNTOUCHED
    # Consent given or withdrawn is a change as well.
    changed = Change.objects.filter(about=OuterRef("pk"), at__gte=since).order_by()
    agreed = Consent.objects.filter(resident=OuterRef("pk"), given_at__gte=since).order_by()
    return people.filter(~Exists(changed), ~Exists(agreed), registered_at__lt=since)


def tally(people) -> dict[int, int]:
    """Return {village: how many of these people live there}."""
    return dict(
        people.order_by().values_list("village").annotate(n=Count("pk")).values_list("village", "n")
    )


def look_alikes(villages: Collection[int]) -> list[Pair]:
    """Return the pairs of people of these villages who may be one, except those told apart.

    The same words in any order and about the same year of birth, as when somebody registers;
    likeliest first. Give the villages of one commune: nobody is looked for farther away.
    """
    people = Resident.objects.current().filter(village__in=villages).order_by("pk")
    alike: dict[str, list[tuple]] = defaultdict(list)
    for folded, *record in people.values_list(
        "search_text", "pk", "birth_year", "birth_year_is_about", "village"
    ).iterator(chunk_size=5000):
        alike[folded_name_key(folded)].append(tuple(record))
    found: list[tuple[tuple[bool, bool], Pair]] = []
    for records in alike.values():
        for (pk, year, about, home), (
            other,
            others_year,
            others_about,
            others_home,
        ) in combinations(records, 2):
            slack = SLACK_WHEN_ABOUT if about or others_about else 1
            if years_are_close(year, others_year, slack=slack):
                found.append(((home != others_home, year != others_year), (pk, other)))
    if not found:
        return []
    apart = set(
        DistinctPair.objects.filter(one__village__in=villages).values_list("one_id", "other_id")
    )
    return [pair for _unlikely, pair in sorted(found) if pair not in apart]
