"""Numbers of certificates, and in which letters a paper's words fit."""

import re
import secrets

# Without I, L, O, U: what is read aloud over the telephone must not be mistaken.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_NUMBER = re.compile(rf"(?:TN)?([{ALPHABET}]{{4}})([{ALPHABET}]{{4}})([{ALPHABET}]{{4}})")
_LONGEST_TYPED = 200

# What a name line of A4 holds even when it is written in capitals.
_NAME_SIZES = [(24, "large"), (34, "medium"), (46, "small")]
_COURSES_SIZES = [(60, "few"), (150, "several")]
_COURSES_SHOWN = 300


def make_number() -> str:
    """Return a new number such as ``TN-7K3Q-X9P2-MD0W``: 60 random bits, so not to be guessed."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"TN-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def normal_number(typed: str) -> str | None:
    """Return the number that somebody meant by what was typed, or ``None`` if it cannot be one.

    Small letters, missing dashes, spaces, a missing TN, the letters O, I, L for digits and the
    whole address of the page are understood.
    """
    if len(typed) > _LONGEST_TYPED:
        return None
    last = typed.strip().rstrip("/").rpartition("/")[2]
    letters = re.sub(r"[\s\-–.]", "", last).upper().translate(_MISREAD)
    found = _NUMBER.fullmatch(letters)
    return f"TN-{'-'.join(found.groups())}" if found else None


def name_size(name: str) -> str:
    """Return the class of letters in which a name fits its line; only the longest wrap."""
    return next((size for most, size in _NAME_SIZES if len(name) <= most), "tiny")


def courses_shown(courses: list[str]) -> tuple[list[str], str]:
    """Return the courses for which the paper has room, and the class of their letters.

    The first one is always shown; the rest are counted on the paper and kept in its facts.
    """
    shown: list[str] = []
    letters = 0
    for course in courses:
        letters += len(course)
        if shown and letters > _COURSES_SHOWN:
            break
        shown.append(course)
    together = sum(len(course) + 3 for course in shown)
    return shown, next((size for most, size in _COURSES_SIZES if together <= most), "many")


def is_crowded(name: str, courses: list[str], issuer: str, team: str) -> bool:
    """Tell whether so much is to be printed that the other lines have to be smaller."""
    return (
        len(name) > 58
        or sum(len(course) + 3 for course in courses) > 60
        or len(issuer) > 80
        or len(team) > 60
    )


def corrections(printed: dict, now: dict) -> list[str]:
    """Return the names of the printed facts that are no longer so."""
    return [name for name in printed if name != "issued_on" and now.get(name) != printed[name]]
