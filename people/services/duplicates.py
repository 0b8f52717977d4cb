"""Is this somebody whom we know already? The screen warns; a human decides."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from people.models import DistinctPair, Resident, User
from people.rules import name_key, years_are_close
from places.models import Place

# How far apart two remembered years of birth may be when one of them is a guess.
SLACK_WHEN_ABOUT = 5


def find_duplicates(
    full_name: str,
    birth_year: int | None,
    village: Place,
    *,
    is_about: bool = False,
    besides: Resident | None = None,
) -> list[Resident]:
    """Return the people of the same commune who may be the person described, likeliest first.

    The same words in any order, with or without accents, and about the same year of birth.
    """
    found = [
        resident
        for resident in DuplicateFinder([village]).find(full_name, birth_year, is_about=is_about)
        if besides is None or resident.pk != besides.pk
    ]
    found.sort(key=lambda resident: (resident.village_id != village.pk, resident.sort_key))
    return found


def find_doubles(newcomers: Sequence[Resident]) -> list[tuple[Resident, Resident]]:
    """Return the pairs of a newcomer and somebody who may be the same person, each pair once.

    Pairs that somebody has told apart are left out. The number of queries does not depend on how
    many people there are. ``newcomers``: with their villages.
    """
    if not newcomers:
        return []
    finder = DuplicateFinder({person.village for person in newcomers})
    pairs: dict[tuple[int, int], Resident] = {}
    for person in newcomers:
        for pk in finder.ids(
            person.full_name, person.birth_year, is_about=person.birth_year_is_about
        ):
            if pk != person.pk:
                pairs.setdefault((min(pk, person.pk), max(pk, person.pk)), person)
    known = {pk for pair in pairs for pk in pair}
    apart = DistinctPair.objects.filter(one__in=known, other__in=known)
    for pair in apart.values_list("one_id", "other_id"):
        pairs.pop(pair, None)
    people = Resident.objects.select_related("village").in_bulk(
        {pk for pair in pairs for pk in pair}
    )
    return [
        (people[person.pk], people[one if one != person.pk else other])
        for (one, other), person in pairs.items()
    ]


def tell_apart(one: Resident, other: Resident, *, by: User) -> None:
    """Keep that two records which look alike belong to two people. Safe to repeat."""
    first, second = sorted((one.pk, other.pk))
    if first != second:
        DistinctPair.objects.get_or_create(one_id=first, other_id=second, defaults={"said_by": by})


class DuplicateFinder:
    """Everybody of some villages' communes by the sound of the name; for asking many times."""

    def __init__(self, villages: Iterable[Place]):
        communes = {village.lineage()[1] for village in villages}
        self._ids: dict[str, list[tuple[int, int | None, bool]]] = defaultdict(list)
        for path in communes:
            rows = (
                Resident.objects.current()
                .filter(village__path__startswith=path)
                .values_list("pk", "full_name", "birth_year", "birth_year_is_about")
            )
            for pk, name, year, about in rows.iterator():
                self._ids[name_key(name)].append((pk, year, about))

    def find(
        self, full_name: str, birth_year: int | None, *, is_about: bool = False
    ) -> list[Resident]:
        """Return the people who may be the person described."""
        ids = self.ids(full_name, birth_year, is_about=is_about)
        if not ids:
            return []
        return list(Resident.objects.filter(pk__in=ids).select_related("village").in_order())

    def ids(self, full_name: str, birth_year: int | None, *, is_about: bool = False) -> list[int]:
        """Return only the numbers of those people, without asking the database again."""
        return [
            pk
            for pk, year, about in self._ids.get(name_key(full_name), ())
            if years_are_close(year, birth_year, slack=SLACK_WHEN_ABOUT if about or is_about else 1)
        ]
