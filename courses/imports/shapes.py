"""What a content pack can say: each kind of screen and of question, and its parts."""

from courses.imports.fields import (
    At,
    Code,
    Each,
    EachSaid,
    Figures,
    Flag,
    Lines,
    Number,
    Part,
    Picture,
    Said,
)

_HEADING, _WORDS = Said("heading"), Said("words")
_TEXT, _FEEDBACK, _EXPLANATION = Said("text"), Said("feedback"), Said("explanation")
_RIGHT = Flag("correct", "is_right")

_ZONES = Each(
    "zones",
    required=False,
    parts=(
        Said("label"),
        At("at"),
        Code("to", most=20, required=False, is_bare=True),
        Said("says", required=False),
    ),
)
_PHONE_SCREENS = Each(
    "screens",
    parts=(
        Code("name", most=20, is_bare=True),
        Code("outcome", allowed=("done", "again"), required=False),
        Picture("picture"),
        Said("words"),
        Said("hint", required=False),
        _ZONES,
    ),
)

SCREENS: dict[str, tuple[Part, ...]] = {
    "step": (Picture("picture", required=False), _HEADING, _WORDS),
    "tip": (_HEADING, _WORDS),
    "warning": (_HEADING, _WORDS),
    "checklist": (_HEADING, EachSaid("items")),
    "figures": (_HEADING, Figures("keys", "figures")),
    "practice": (_HEADING, _PHONE_SCREENS),
}


def _question(*options: Part) -> tuple[Part, ...]:
    return (_TEXT, Each("options", parts=options), _EXPLANATION)


QUESTIONS: dict[str, tuple[Part, ...]] = {
    "single": _question(_TEXT, _RIGHT, _FEEDBACK),
    "several": _question(_TEXT, _RIGHT, _FEEDBACK),
    "true_false": _question(_TEXT, _RIGHT, _FEEDBACK),
    "picture": _question(_TEXT, _RIGHT, Picture("picture"), _FEEDBACK),
    "order": _question(_TEXT, _FEEDBACK),
    "match": _question(_TEXT, Said("match"), _FEEDBACK),
    "spot": _question(_TEXT, _RIGHT, _FEEDBACK),
    "number": (
        _TEXT,
        Number("answer"),
        Number("tolerance", least=0, default=0),
        Said("unit", required=False),
        _FEEDBACK,
        _EXPLANATION,
    ),
    "text": (_TEXT, Lines("accepted"), _FEEDBACK, _EXPLANATION),
}
