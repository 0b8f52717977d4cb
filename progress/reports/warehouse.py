"""What the nightly files know of those who learn: see `campaigns.exports.facts`."""

from django.db.models import Min
from django.utils import timezone

from campaigns.exports.facts import CHUNK, WHOLE, WORDS, YES_NO, facts_table
from campaigns.models import Audience
from campaigns.rules import AgeBand
from campaigns.rules.counting import LANGUAGES
from progress.models import Attempt, Attendance, Enrolment
from progress.models.skills import SkillSeen

_SEXES = ("unknown", "female", "male")


@facts_table(
    "enrolments",
    person=WHOLE,
    commune=WHOLE,
    village=WHOLE,
    age_band=WORDS,
    sex=WORDS,
    language=WORDS,
    audience=WORDS,
    class_group=WHOLE,
    team=WHOLE,
    enrolled_day=WHOLE,
    first_day=WHOLE,
    evenings=WHOLE,
    lessons_passed=WHOLE,
    completed_day=WHOLE,
    certified_day=WHOLE,
    kept_day=WHOLE,
    has_withdrawn=YES_NO,
)
def _enrolments(night):
    for (
        pk,
        village,
        band,
        sex,
        language,
        audience,
        group,
        team,
        withdrawn_at,
        *rest,
    ) in (
        _of(night, Enrolment)
        .values_list(
            "pk",
            "village_id",
            "age_band",
            "sex_slot",
            "language_slot",
            "audience",
            "class_group_id",
            "team_id",
            "withdrawn_at",
            "enrolled_day",
            "first_day",
            "evenings",
            "lessons_passed",
            "completed_day",
            "certified_day",
            "kept_day",
        )
        .iterator(CHUNK)
    ):
        yield (
            night.person(pk),
            night.commune_of.get(village),
            night.village(village),
            AgeBand(band).name.lower(),
            _SEXES[sex],
            LANGUAGES[language],
            Audience(audience).name.lower(),
            group,
            team,
            *rest,
            withdrawn_at is not None,
        )


@facts_table("attendance", person=WHOLE, session=WHOLE, status=WORDS)
def _attendance(night):
    rows = _of(night, Attendance).exclude(status="")
    for enrolment, session, status in rows.values_list(
        "enrolment_id", "session_id", "status"
    ).iterator(CHUNK):
        yield night.person(enrolment), session, status


@facts_table("lessons", person=WHOLE, lesson=WHOLE, day=WHOLE)
def _lessons(night):
    """A lesson passed counts once, on the day on which it was first passed."""
    rows = (
        Attempt.objects.filter(
            campaign=night.campaign,
            has_passed=True,
            lesson__isnull=False,
            finished_at__isnull=False,
        )
        .order_by()
        .values_list("enrolment_id", "lesson_id")
        .annotate(at=Min("finished_at"))
    )
    for enrolment, lesson, at in rows.iterator(CHUNK):
        yield night.person(enrolment), lesson, _day(night, at)


@facts_table("skills", person=WHOLE, lesson=WHOLE, level=WORDS, day=WHOLE)
def _skills(night):
    """The highest level that a volunteer has seen."""
    rows = _of(night, SkillSeen).values_list("enrolment_id", "lesson_id", "level", "observed_at")
    for enrolment, lesson, level, at in rows.iterator(CHUNK):
        yield night.person(enrolment), lesson, level, _day(night, at)


def _of(night, model):
    return model.objects.filter(campaign=night.campaign).order_by("pk")


def _day(night, at):
    return night.campaign.day_number(timezone.localtime(at).date())
