"""A province and its hundred days, the same in every run; counters computed from the rows in SQL.

Attendances name marks that are not there: the history of each mark would double the time, and
nothing that is measured with this world reads it.
"""

import datetime as dt
import time

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.worlds.rows import Table, load
from campaigns.models import Campaign, Cell, ClassGroup, ClassSession, Journal, Target, Team
from campaigns.rules import age_band
from people.models import Resident
from people.roles import Role
from places.models import Place
from places.rules import fold, person_sort_key, sort_key
from progress.models import Attempt, Attendance, Enrolment
from tests.factories import AssignmentFactory, CampaignFactory, CourseFactory, UserFactory

PROVINCE = {"communes": 148, "villages": 4292, "residents": 4_000_000, "enrolments": 1_000_000}
COMMUNE = {"communes": 1, "villages": 29, "residents": 30_000, "enrolments": 7_500}
EVENINGS, LESSONS, CLASS = 15, 8, 25


def mix(number: int, salt: int) -> int:
    """Return something between 0 and 1023 that looks like chance and is always the same."""
    return ((number + 1) * 2654435761 + (salt + 1) * 2246822519) % 4294967296 >> 11 & 1023


def life(number: int) -> dict:
    """Return what somebody did: days of the campaign, from 1 to 100."""
    joined = 1 + mix(number, 0) % 60
    marks = [(k, 2 + 7 * k >= joined and mix(number, 10 + k) < 740) for k in range(EVENINGS)]
    came = [2 + 7 * k for k, there in marks if there]
    lessons = [
        (lesson, min(100, joined + 6 * lesson + mix(number, 60 + lesson) % 9))
        for lesson in range(LESSONS)
        if mix(number, 40 + lesson) < 800
    ]
    done = len(came) >= 3 and len(lessons) >= 6
    completed = max(came[2], lessons[5][1]) if done else None
    certified = min(100, completed + 3) if done and mix(number, 90) < 900 else None
    return {
        "joined": joined,
        "marks": marks,
        "came": came,
        "lessons": lessons,
        "completed": completed,
        "certified": certified,
    }


def build(sizes: dict[str, int]) -> Campaign:
    """Make the world; return its campaign."""
    call_command("migrate", verbosity=0)
    began = time.monotonic()
    province, communes, villages = _places(sizes)
    first_day = timezone.localdate() - dt.timedelta(days=99)
    campaign = CampaignFactory(place=province, first_day=first_day, evenings_required=3)
    course = CourseFactory(lessons=LESSONS)
    campaign.required_courses.add(course)
    lessons = [lesson.pk for lesson in course.lessons()]
    by = UserFactory()
    AssignmentFactory(user__username="tinh", place=province, role=Role.PROVINCE_ORGANISER)
    AssignmentFactory(user__username="xa", place=communes[0], role=Role.COMMUNE_ORGANISER)
    _targets(campaign, communes, sizes)
    now = timezone.now()
    # Every evening of a class was at this hour of the day, the last of them an hour ago.
    hour = now - dt.timedelta(hours=1)

    def at(day: int) -> str:
        return f"{hour - dt.timedelta(days=100 - day):%Y-%m-%d %H:%M:%S}"

    times = [at(day) for day in range(101)]
    homes = _homes(villages, sizes["residents"])
    people, learners = sizes["residents"], sizes["enrolments"]
    every = people // learners
    names = [f"{family} {middle} {given}" for family in _FAMILY for middle in _MIDDLE
             for given in _GIVEN]  # fmt: skip
    keys = [(name, person_sort_key(name), fold(name)) for name in names]

    def residents():
        for n in range(people):
            name, sort, search = keys[mix(n, 1) * 7 % len(keys)]
            born = 1935 + mix(n, 2) % 75
            day = times[mix(n, 3) % 100] if mix(n, 4) < 100 else times[0]
            language = ("vi", "vi", "vi", "mtq", "rad")[mix(n, 5) % 5]
            yield (
                n + 1, f"{n:032x}", name, sort, search, born, "fm"[mix(n, 6) % 2], homes[n],
                language, day,
            )  # fmt: skip

    made = load(
        Table(
            Resident, "id", "uuid", "full_name", "sort_key", "search_text", "birth_year", "sex",
            "village_id", "learning_language", "registered_at",
        ),
        residents(),
    )  # fmt: skip
    classes = _classes(campaign, homes, learners, every)
    load(
        Table(
            ClassSession, "id", "class_group_id", "starts_at",
            campaign_id=campaign.pk, state="held",
        ),
        (
            (n * EVENINGS + k + 1, classes[n][0], times[2 + 7 * k])
            for n in range(len(classes))
            for k in range(EVENINGS)
        ),
    )  # fmt: skip
    year = first_day.year

    def enrolments():
        for n in range(learners):
            did, person = life(n), n * every
            group, team = classes[n // CLASS]
            came, born = did["came"], 1935 + mix(person, 2) % 75
            completed = did["completed"]
            yield (
                n + 1, person + 1, homes[person], group, team,
                times[did["joined"]], did["joined"], _band(born, year), 1 + mix(person, 6) % 2,
                (0, 0, 0, 1, 2)[mix(person, 5) % 5],
                came[0] if came else r"\N", len(came), len(did["lessons"]),
                " ".join(str(day) for day in sorted(day for _lesson, day in did["lessons"])),
                completed or r"\N", times[completed] if completed else r"\N",
                did["certified"] or r"\N",
            )  # fmt: skip

    load(
        Table(
            Enrolment, "id", "resident_id", "village_id", "class_group_id", "team_id",
            "enrolled_at", "enrolled_day", "age_band", "sex_slot", "language_slot", "first_day",
            "evenings", "lessons_passed", "lesson_days", "completed_day", "completed_at",
            "certified_day", campaign_id=campaign.pk,
        ),
        enrolments(),
    )  # fmt: skip

    def attendances():
        for n in range(learners):
            first = n // CLASS * EVENINGS + 1
            for k, there in life(n)["marks"]:
                number = n * EVENINGS + k + 1
                status = "present" if there else "absent"
                yield number, first + k, n + 1, status, f"{number:032x}", times[2 + 7 * k]

    marks = load(
        Table(
            Attendance, "id", "session_id", "enrolment_id", "status", "mark_id", "observed_at",
            campaign_id=campaign.pk,
        ),
        attendances(),
    )  # fmt: skip

    def attempts():
        number = 0
        for n in range(learners):
            passed = dict(life(n)["lessons"])
            for lesson in range(LESSONS):
                number += 1
                day = passed.get(lesson, 50)
                yield (
                    number, f"{number:032x}", n + 1, lessons[lesson], int(lesson in passed),
                    times[day], times[day],
                )  # fmt: skip

    results = load(
        Table(
            Attempt, "id", "uuid", "enrolment_id", "lesson_id", "has_passed", "started_at",
            "finished_at", campaign_id=campaign.pk, questions=[], recorded_by_id=by.pk,
        ),
        attempts(),
    )  # fmt: skip
    count_in_sql(campaign)
    print(
        f"world: {len(communes)} communes, {len(villages)} villages, {made} residents, {learners} "
        f"enrolled, {marks} attendances, {results} lesson results, in "
        f"{time.monotonic() - began:.0f} s",
        flush=True,
    )
    return campaign


_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Bùi", "Đinh", "Hà")
_MIDDLE = ("Văn", "Thị", "Hữu", "Ngọc", "Thanh", "Minh")
_GIVEN = ("Lan", "Hoa", "Dũng", "Yến", "Ửng", "Bưởi", "Khuyên", "Quỳnh", "Hạnh", "Chiến", "Ước")


def _places(sizes):
    def place(kind, designation, name):
        return Place(
            kind=kind,
            designation=designation,
            name=name,
            search_text=fold(name),
            sort_key=sort_key(name),
        )

    def names(kind, designation, word, many):
        return [place(kind, designation, f"{word} {n + 1}") for n in range(many)]

    with transaction.atomic():
        province = place("province", "tinh", "Phú Thọ")
        Place.objects.append(None, [province])
        communes = names("commune", "xa", "Lâm Thao", sizes["communes"])
        Place.objects.append(province, communes)
        weights = [20 + mix(n, 7) % 60 for n in range(len(communes))]
        villages, left = [], sizes["villages"]
        for n, commune in enumerate(communes):
            many = sizes["villages"] * weights[n] // sum(weights)
            many = left if n == len(communes) - 1 else many
            left -= many
            children = names("village", "thon", "Cao Xá", many)
            Place.objects.append(commune, children)
            villages += children
    places = Place.objects
    return (
        places.get(path=province.path),
        list(places.filter(depth=2).order_by("path")),
        list(places.filter(depth=3).order_by("path")),
    )


def _homes(villages, people):
    """Return the village of each resident: those of a village stand together, uneven in number."""
    weights = [100 + mix(n, 8) for n in range(len(villages))]
    whole, homes, so_far = sum(weights), [], 0
    for village, weight in zip(villages, weights, strict=True):
        so_far += weight
        homes += [village.pk] * (people * so_far // whole - len(homes))
    return homes


def _targets(campaign, communes, sizes):
    each = sizes["enrolments"] // len(communes)
    Target.objects.bulk_create(
        Target(
            campaign=campaign,
            place=commune,
            indicator=indicator,
            goal=each * share // 100,
            denominator=each * 4,
            as_of=campaign.first_day,
            source="plan",
        )
        for commune in communes
        for indicator, share in (("enrolled", 110), ("reached", 100), ("completed", 80))
    )


def _classes(campaign, homes, learners, every):
    """Return [(class, its team)], a class for every 25 learners."""
    above = dict(Place.objects.filter(depth=2).values_list("path", "pk"))
    commune_of = {
        pk: above[path[: 2 * Place.steplen]]
        for pk, path in Place.objects.filter(depth=3).values_list("pk", "path")
    }
    Team.objects.bulk_create(
        Team(name="Tổ công nghệ số", place_id=commune, calendar_key=f"{commune:032d}")
        for commune in above.values()
    )
    teams = dict(Team.objects.values_list("place_id", "pk"))
    villages = [homes[n * every] for n in range(0, learners, CLASS)]
    ClassGroup.objects.bulk_create(
        (
            ClassGroup(
                campaign=campaign,
                team_id=teams[commune_of[village]],
                place_id=village,
                name=f"Lớp {n}",
            )
            for n, village in enumerate(villages)
        ),
        batch_size=1000,
    )
    return list(ClassGroup.objects.order_by("pk").values_list("pk", "team_id"))


def _band(born, year):
    return int(age_band(born, year))


def count_in_sql(campaign):
    """Compute every cell from the rows, in SQL, without the product's own code."""
    is_pg = connection.vendor == "postgresql"
    begins = f"{campaign.first_day:%Y-%m-%d}"

    def day(column):
        local = f"date({column}, '+7 hours')"
        n = f"CAST(julianday({local}) - julianday('{begins}') AS integer) + 1"
        if is_pg:
            n = f"({column} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - date '{begins}' + 1"
        return f"(CASE WHEN {n} < 0 THEN 0 WHEN {n} > 100 THEN 100 ELSE {n} END)"

    measures = ("registered", "enrolled", "reached", "visits", "lessons", "completed", "certified")
    steps = [
        f"CREATE TEMP TABLE evening AS SELECT id AS session_id, {day('starts_at')} AS on_day"
        " FROM campaigns_classsession",
        "CREATE TEMP TABLE visit AS SELECT a.enrolment_id, s.on_day FROM progress_attendance a"
        " JOIN evening s USING (session_id) WHERE a.status IN ('present', 'late')",
        f"CREATE TEMP TABLE passed AS SELECT enrolment_id, lesson_id, min({day('finished_at')}) AS"
        " on_day FROM progress_attempt WHERE has_passed GROUP BY 1, 2",
        "CREATE TEMP TABLE person AS SELECT e.*, coalesce(v.n, 0) AS visits,"
        " coalesce(l.n, 0) AS lessons FROM progress_enrolment e"
        " LEFT JOIN (SELECT enrolment_id, count(*) AS n FROM visit GROUP BY 1) v"
        " ON v.enrolment_id = e.id"
        " LEFT JOIN (SELECT enrolment_id, count(*) AS n FROM passed GROUP BY 1) l"
        " ON l.enrolment_id = e.id",
        "CREATE TEMP TABLE counted (village_id bigint, kind integer, slot bigint,"
        " measure text, n bigint)",
    ]

    def count(kind, slot, measure, n, table, where="true"):
        where = "1 = 1" if where == "true" else where
        steps.append(
            f"INSERT INTO counted SELECT village_id, {kind}, {slot}, '{measure}', {n}"
            f" FROM {table} WHERE {where} GROUP BY 1, 2, 3"
        )

    slots = {
        1: "age_band * 3 + sex_slot",
        2: "language_slot",
        3: "coalesce(team_id, 0)",
        4: "audience",
    }
    for kind, slot in slots.items():
        for measure, column in (
            ("enrolled", "enrolled_day"), ("reached", "first_day"),
            ("completed", "completed_day"), ("certified", "certified_day"),
        ):  # fmt: skip
            count(kind, slot, measure, f"count({column})", "person")
        count(kind, slot, "visits", "sum(visits)", "person")
        count(kind, slot, "lessons", "sum(lessons)", "person")
    for measure, column in (
        ("enrolled", "enrolled_day"), ("reached", "first_day"),
        ("completed", "completed_day"), ("certified", "certified_day"),
    ):  # fmt: skip
        count(0, column, measure, "count(*)", "person", f"{column} IS NOT NULL")
    for measure, table in (("visits", "visit"), ("lessons", "passed")):
        source = f"(SELECT p.village_id, f.on_day FROM {table} f JOIN person p"
        count(0, "on_day", measure, "count(*)", f"{source} ON p.id = f.enrolment_id) f")
    age = f"{campaign.first_day.year} - birth_year"
    band = (
        f"CASE WHEN birth_year IS NULL THEN 0 WHEN {age} >= 70 THEN 5 WHEN {age} >= 60 THEN 4"
        f" WHEN {age} >= 35 THEN 3 WHEN {age} >= 18 THEN 2 ELSE 1 END"
    )
    sex = "CASE sex WHEN 'f' THEN 1 WHEN 'm' THEN 2 ELSE 0 END"
    language = "CASE learning_language WHEN 'vi' THEN 0 WHEN 'mtq' THEN 1 ELSE 2 END"
    for kind, slot in ((0, day("registered_at")), (1, f"({band}) * 3 + {sex}"), (2, language)):
        count(kind, slot, "registered", "count(*)", "people_resident")
    sums = ", ".join(
        f"sum(CASE WHEN measure = '{measure}' THEN n ELSE 0 END)" for measure in measures
    )
    for depth in (3, 2, 1):
        above = f"(SELECT id FROM places_place q WHERE q.path = {_path('p.path', depth - 1)})"
        steps.append(
            "INSERT INTO campaigns_cell (campaign_id, kind, place_id, slot, parent_id,"
            f" {', '.join(measures)}, skills, kept, amount)"
            f" SELECT {campaign.pk}, counted.kind, p.id, slot, {above if depth > 1 else 'NULL'},"
            f" {sums}, 0, 0, 0 FROM counted JOIN places_place v ON v.id = counted.village_id"
            f" JOIN places_place p ON p.path = {_path('v.path', depth)}"
            " GROUP BY counted.kind, p.id, slot, p.path"
        )
    Cell.objects.all().delete()
    Journal.objects.all().delete()
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step)
        for name in ("counted", "person", "passed", "visit", "evening"):
            cursor.execute(f"DROP TABLE {name}")
        cursor.execute("VACUUM ANALYZE" if is_pg else "ANALYZE")


def _path(column, depth):
    return f"substr({column}, 1, {Place.steplen * depth})"
