"""Reading what a phone sends: exactly the shape asked for, or a coded refusal. Pure."""

import uuid
from collections.abc import Callable
from typing import Any

# Larger numbers than JavaScript counts exactly cannot have been meant.
LARGEST = 2**53 - 1
MAX_ANSWERS = 60
MAX_GIVEN = 40
MAX_PARTS = 20
MAX_WORDS = 200

Read = Callable[[Any], Any]


class Malformed(Exception):
    """This item can never be right; the phone keeps it and shows why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def whole(low: int, high: int) -> Read:
    """Read a whole number between two others, these included."""

    def read(value):
        if type(value) is not int or not low <= value <= high:
            raise Malformed("bad_number")
        return value

    return read


def pk(value) -> int:
    return whole(1, 2**62)(value)


def moment(value) -> int:
    """Read a time, in milliseconds since 1970."""
    return whole(0, LARGEST)(value)


def identifier(value) -> uuid.UUID:
    if type(value) is not str or len(value) != 36:
        raise Malformed("bad_id")
    try:
        read = uuid.UUID(value)
    except ValueError:
        raise Malformed("bad_id") from None
    if str(read) != value.lower():
        raise Malformed("bad_id")
    return read


def words(longest: int = MAX_WORDS) -> Read:
    """Read a text that every database can keep."""

    def read(value):
        if type(value) is not str or len(value) > longest or "\0" in value:
            raise Malformed("bad_text")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Malformed("bad_text") from None
        return value

    return read


def one_of(*known: str) -> Read:
    def read(value):
        if type(value) is not str or value not in known:
            raise Malformed("bad_choice")
        return value

    return read


def yes_or_no(value) -> bool:
    if type(value) is not bool:
        raise Malformed("bad_choice")
    return value


def several(read: Read, most: int, least: int = 0) -> Read:
    def read_all(value):
        if type(value) is not list or not least <= len(value) <= most:
            raise Malformed("bad_list")
        return [read(part) for part in value]

    return read_all


def record(**reads: Read) -> Read:
    """Read a dictionary with exactly the fields named, other fields being left aside."""

    def read(value):
        if type(value) is not dict:
            raise Malformed("bad_shape")
        return read_fields(value, reads)

    return read


def optional(read: Read, default: Any = None) -> Read:
    def read_optional(value):
        return default if value is None else read(value)

    return read_optional


def answers(value) -> dict[str, list]:
    """Read {question: every answer given, in order}; an answer is a text or a list of texts."""
    if type(value) is not dict or len(value) > MAX_ANSWERS:
        raise Malformed("bad_answers")
    name = words(64)
    return {name(question): several(_answer, MAX_GIVEN)(given) for question, given in value.items()}


def _answer(value):
    if type(value) is list:
        return several(words(), MAX_PARTS, least=1)(value)
    return words()(value)


def read_fields(sent: dict, reads: dict[str, Read]) -> dict:
    return {name: read(sent.get(name)) for name, read in reads.items()}
