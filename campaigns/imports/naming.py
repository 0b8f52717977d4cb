"""Which place somebody means by what stands in a table.

As people write: without accents, with or without "xã" before it, shortened ("P. Tân Lợi"), or
under a name that the place had before. What could be two places is never guessed.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from places.models import LegacyName, Place
from places.rules import fold, nfc

_NUMBERED = re.compile(r"^(?:\d+|[ivxIVX]+)[.)]\s*")
_SHORT = {
    "x": "xa", "p": "phuong", "tx": "thi xa", "tt": "thi tran", "tp": "thanh pho", "t": "tinh",
    "dk": "dac khu", "tdp": "to dan pho", "kp": "khu pho",
}  # fmt: skip
_DESIGNATIONS = sorted(
    {fold(label) for label in Place.Designation.labels} | {"thi tran", "thi xa"}, key=len
)


class PlaceNames:
    """The places of a table, and how to find one of them by what somebody wrote."""

    def __init__(self, places: Iterable[Place]):
        self.places = list(places)
        self._by_code = {place.code: place for place in self.places if place.code}
        # One way of comparing after the other, the strictest first.
        self._ways: list[tuple] = []
        for spelling in (_exact, fold):
            for called in (lambda place: place.full_name, lambda place: place.name):
                index: dict[str, set] = defaultdict(set)
                for place in self.places:
                    index[spelling(called(place))].add(place)
                self._ways.append((spelling, index))
        former = LegacyName.objects.filter(place__in=self.places).exclude(
            level=LegacyName.Level.DISTRICT
        )
        by_pk = {place.pk: place for place in self.places}
        names = [(old, by_pk[old.place_id]) for old in former]
        for spelling in (_exact, fold):
            for called in (str, lambda old: old.name):
                index = defaultdict(set)
                for old, place in names:
                    index[spelling(called(old))].add(place)
                self._ways.append((spelling, index))

    def find(self, text: str) -> Place:
        """Return the one place that is called so, or refuse in words."""
        wordings = _wordings(text)
        for spelling, index in self._ways:
            for wording in wordings:
                found = index.get(spelling(wording), ())
                if len(found) == 1:
                    return next(iter(found))
                if found:
                    names = sorted(place.full_name for place in found)
                    words = _("“%(name)s” may be %(places)s. Write it out.") % {
                        "name": text[:40],
                        "places": _(" or ").join(names[:4]),
                    }
                    raise ValidationError(words, code="ambiguous")
        raise self._unknown(text)

    def coded(self, text: str) -> Place:
        """Return the place of an official code, or refuse it."""
        # A spreadsheet takes the code for a number and drops the zeros in front.
        for code in (text, text.zfill(2), text.zfill(5)):
            if code in self._by_code:
                return self._by_code[code]
        words = _("There is no place with the code %(code)s in this table.")
        raise ValidationError(words % {"code": text[:12]}, code="unknown_code")

    def _unknown(self, text):
        bare = fold(_without_designation(text))
        names = {fold(place.name): place for place in self.places}
        near = difflib.get_close_matches(bare, names, n=1, cutoff=0.7)
        if near:
            words = _("There is no place called “%(name)s” in this table. Is it %(place)s?")
            values = {"name": text[:40], "place": names[near[0]].full_name}
        else:
            words = _("There is no place called “%(name)s” in this table.")
            values = {"name": text[:40]}
        return ValidationError(words % values, code="unknown")


def _exact(text):
    return nfc(text).lower()


def _wordings(text):
    """Return what may be meant, the likeliest first."""
    text = _NUMBERED.sub("", nfc(text))
    first, dot, rest = text.partition(".")
    wordings = [text]
    long = _SHORT.get(fold(first)) if dot else None
    if not long:
        first, _space, rest = text.partition(" ")
        long = _SHORT.get(fold(first)) if rest else None
    if long:
        wordings += [f"{long} {rest.strip()}", rest.strip()]
    bare = _without_designation(text)
    return list(dict.fromkeys([*wordings, bare]))


def _without_designation(text):
    words = nfc(text).split()
    for designation in reversed(_DESIGNATIONS):
        length = len(designation.split())
        if len(words) > length and fold(" ".join(words[:length])) == designation:
            return " ".join(words[length:])
    return " ".join(words)
