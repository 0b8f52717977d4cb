"""The shapes of the answers; the descriptions here are the documentation."""

import datetime as dt
from typing import Literal

from ninja import Field, Schema


class PlaceRef(Schema):
    id: int = Field(description="Stays the same for ever, whatever becomes of the unit.")
    code: str = Field(description="Official code of a province (2) or commune (5 digits).")
    name: str


class CampaignOut(Schema):
    id: int
    name: str
    place: PlaceRef
    first_day: dt.date
    last_day: dt.date
    length: int = Field(description="In days.")
    day: int = Field(description="Today's day of the campaign, 0 before the first.")
    state: Literal["draft", "running", "closed"]


class PlaceOut(PlaceRef):
    kind: Literal["province", "commune", "village"]
    parent: int | None
    valid_from: dt.date | None = Field(description="First day of the unit, if it is known.")
    valid_to: dt.date | None = Field(description="Last day of a unit that has ended.")
    successors: list[int] = Field(description="The units that an ended one went into.")


class IndicatorOut(Schema):
    key: str = Field(description="What figures, targets and files call it.")
    label: str
    unit: str
    counts_people: bool = Field(description="Each person counts once.")
    per_place: bool = Field(description="Whether this token gets it place by place.")


class Figure(Schema):
    """A number. Exact, or what everybody may know: then a full five that is at least reached."""

    value: int | None = Field(description="Null where it is under 5 and this token sees no more.")
    under: int | None = Field(None, description="5 where the value is null.")


class PlaceFigure(Figure):
    place: PlaceRef


class Answer(Schema):
    as_of: dt.datetime = Field(description="The moment at which the figures were read.")
    exact: bool = Field(description="False: full fives only, nothing under 5.")


class Figures(Answer):
    campaign: int
    indicator: str
    until: int | None = Field(description="Counted up to this day of the campaign, inclusive.")
    whole: PlaceFigure
    children: list[PlaceFigure] = Field(description="The units directly below.")


class SeriesDay(Schema):
    day: int = Field(description="Of the campaign; 0 is all that was before its first day.")
    date: dt.date
    value: int | None = Field(description="Reached up to this day, inclusive.")
    under: int | None = None


class Series(Answer):
    campaign: int
    indicator: str
    place: PlaceRef
    days: list[SeriesDay]


class TargetOut(Schema):
    place: PlaceRef
    indicator: str
    goal: int
    denominator: int | None
    date: dt.date = Field(description="The day of the source.")
    source: str


class Group(Figure):
    key: str
    label: str


class Breakdown(Answer):
    campaign: int
    indicator: str
    place: PlaceRef
    by: str
    groups: list[Group] | None = Field(description="Null where telling would tell too much.")


class FileOut(Schema):
    id: int
    table: str
    format: Literal["csv", "parquet"]
    date: dt.date = Field(description="The night's day.")
    rows: int
    bytes: int
    sha256: str
    href: str


class Page(Schema):
    as_of: dt.datetime
    count: int = Field(description="On all pages together.")
    next: str | None = Field(description="Address of the next page.")


class Campaigns(Page):
    items: list[CampaignOut]


class Places(Page):
    items: list[PlaceOut]


class Indicators(Page):
    items: list[IndicatorOut]


class Targets(Page):
    items: list[TargetOut]


class Files(Page):
    items: list[FileOut]


class ProblemOut(Schema):
    type: str
    title: str
    status: int
    code: str
    detail: str
