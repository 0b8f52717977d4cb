"""How a place is found: by the beginning of a word of a name it has, or had, with or without
accents.

The column ``search_text`` holds every way to write the name between bars, as in
"|lam thao|xa lam thao|lâm thao|xã lâm thao|". So one `LIKE` answers "is it called that"
(``|lam thao|``), "does it begin so" (``|lam``) and "does a word begin so" (`` thao``), on SQLite
and PostgreSQL alike.
"""

from django.db.models import Q

from places.rules import fold, nfc


def search_text(name: str, full_name: str) -> str:
    """Return what a place is found by."""
    forms = []
    for text in (name, full_name):
        folded = fold(text)
        forms += [folded, folded.replace("'", ""), nfc(text).lower()]
    return "|" + "|".join(dict.fromkeys(form.replace("|", " ") for form in forms)) + "|"


def is_called(words: str, column: str = "search_text") -> Q:
    """The name is ``words``."""
    return Q(**{f"{column}__contains": f"|{words}|"})


def begins_with(words: str, column: str = "search_text") -> Q:
    """The name begins with ``words``."""
    return Q(**{f"{column}__contains": f"|{words}"})


def has_word(words: str, column: str = "search_text") -> Q:
    """A word of the name begins with ``words``."""
    return begins_with(words, column) | Q(**{f"{column}__contains": f" {words}"})
