"""A phone without network knows names and years exactly as the server does."""

import datetime as dt
import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from people.rules import clean_code, clean_name, name_key, read_birth_year, years_are_close
from people.services.duplicates import SLACK_WHEN_ABOUT
from places.rules import fold

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

NAMES = "lms/static/lms/js/evening/names.js"
CASES = 3000
TODAY = dt.date(2026, 11, 22)

SYLLABLES = st.sampled_from(
    "Nguyễn nguyen Thị thi THỊ Lý Lí Đặng dang Ngượng Y H'Linh H’Linh Ƀlŭ Niê Niê\u0301 Hoa".split()
)
LETTERS = st.characters(max_codepoint=0x24F, categories=["L", "N", "P", "Zs", "S", "Cc"])
NAMED = st.one_of(
    st.lists(SYLLABLES, min_size=1, max_size=5).map(" ".join),
    st.lists(SYLLABLES, min_size=1, max_size=5).map("  ".join),
    st.text(LETTERS | st.sampled_from("ạảãằắộơư\u0323\u0301\u200b"), max_size=12),
    st.integers(10**10, 10**13).map(str),
    st.integers(10**11, 10**12).map(lambda number: f"Lan {str(number)[:4]} {str(number)[4:]}"),
)
YEARS = st.tuples(st.integers(0, 35), st.integers(0, 14), st.integers(0, 2100)).flatmap(
    lambda parts: st.sampled_from(
        [
            "{2}",
            "khoảng {2}",
            "Khoang {2:02}",
            "{0}",
            "{0} tuổi",
            "{2:03} t",
            "gần {0}t",
            "{0}/{1}/{2}",
            "{0:02}.{1:02}.{2:04}",
            "19{0:02}",
            "19{0:02}?",
            "~ 19{0:02}",
            "19{0:02} hay 19{1:02}",
            "19{0:02}-19{1:02}",
            "sinh năm 19{0:02}",
            "{0:08}",
        ]
    ).map(lambda shape: shape.format(*parts))
)


def collected(strategy, count=CASES):
    """Return so many values that hypothesis thinks up, for one trip to the browser."""
    values = []

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value):
        values.append(value)

    collect()
    return json.loads(json.dumps(values))


@pytest.fixture
def in_browser(chromium):
    """Ask the phone: ``in_browser("text => names.fold(text)", cases)``."""
    page = chromium.new_page()
    with open(NAMES, encoding="utf-8") as script:
        source = script.read()

    def serve(route):
        is_script = route.request.url.endswith(".js")
        kind = "text/javascript" if is_script else "text/html"
        route.fulfill(content_type=kind, body=source if is_script else "<!doctype html>")

    page.route("**/*", serve)
    page.goto("http://names.test/")

    def ask(what, cases):
        return page.evaluate(
            f"async cases => {{ const names = await import('/n.js'); return cases.map({what}); }}",
            cases,
        )

    yield ask
    page.close()


def refused(rule, *given):
    try:
        return rule(*given)
    except ValidationError as refusal:
        return refusal.code


def differing(cases, ours, theirs):
    return [
        (case, here, there)
        for case, here, there in zip(cases, ours, theirs, strict=True)
        if here != there
    ]


def test_two_spellings_are_one_name_for_both(in_browser):
    cases = collected(NAMED)

    theirs = in_browser("text => [names.fold(text), names.nameKey(text)]", cases)

    ours = [[fold(text), name_key(text)] for text in cases]
    assert differing(cases, ours, theirs) == []


def test_the_same_names_are_taken_and_refused(in_browser):
    cases = collected(NAMED)

    theirs = in_browser("t => { const r = names.readName(t); return r.problem || r.name; }", cases)

    ours = [refused(clean_name, text) for text in cases]
    assert 300 < sum(answer.startswith(("name_", "citizen")) for answer in ours) < len(cases) - 300
    assert "citizen_number" in ours
    assert differing(cases, ours, theirs) == []


def test_years_are_understood_alike(in_browser):
    cases = collected(YEARS | NAMED)

    theirs = in_browser(
        "text => { const r = names.readYear(text, 2026); return r.problem || [r.year, r.about]; }",
        cases,
    )

    ours = [refused(read_birth_year, text, TODAY) for text in cases]
    ours = [list(answer) if isinstance(answer, tuple) else answer for answer in ours]
    assert 300 < ours.count("birth_year") < len(cases) - 300
    assert differing(cases, ours, theirs) == []


def test_typed_codes_are_read_alike(in_browser):
    cases = collected(st.text(st.characters(max_codepoint=0x17E), max_size=14), 500)

    theirs = in_browser("text => names.cleanCode(text)", cases)

    assert differing(cases, [clean_code(text) for text in cases], theirs) == []


def test_the_same_people_are_likely_doubles(in_browser):
    one = st.tuples(
        st.lists(SYLLABLES, min_size=2, max_size=3).map(" ".join),
        st.none() | st.integers(1945, 1960),
        st.booleans(),
    )
    cases = collected(st.tuples(one, st.lists(one, min_size=3, max_size=12)), 1500)

    theirs = in_browser(
        "([[name, year, about], people]) => names.likely({name, year, about, village: 1},"
        " people.map(([name, year, about], id) => ({id, name, year, about, village: 1})))"
        ".map(({id}) => id)",
        cases,
    )

    def doubles(case):
        (name, year, about), people = case
        return [
            number
            for number, (other, born, is_guess) in enumerate(people)
            if name_key(other) == name_key(name)
            and years_are_close(year, born, slack=SLACK_WHEN_ABOUT if about or is_guess else 1)
        ]

    ours = [doubles(case) for case in cases]
    assert sum(map(bool, ours)) > 50
    assert differing(cases, ours, theirs) == []


def test_an_address_names_one_of_the_villages_or_none(in_browser):
    villages = [
        [1, "thôn Đồng Tâm"],
        [2, "thôn Đồng Tâm 3"],
        [3, "xóm Bãi"],
        [4, "thôn Trung"],
        [5, "xóm Trung"],
        [6, "tổ dân phố số 2"],
        [7, "buôn M'Drắk"],
    ]
    cases = {
        "Thôn Đồng Tâm 3, Xã Vân Sơn, Huyện Tân Lạc, Hòa Bình": 2,
        "dong tam, Vân Sơn, Phú Thọ": 1,
        "Số 12, Xóm Bãi, Vân Sơn": 3,
        "Thôn Bãi, Vân Sơn": 3,
        "Thôn Trung, Vân Sơn": 4,
        "Trung, Vân Sơn": None,
        "TDP Số 2, Phường Hòa Bình": 6,
        "Buôn M’Drắk": 7,
        "Xã Đồng Tâm, Tỉnh Phú Thọ": None,
        "": None,
    }

    theirs = in_browser(f"text => names.findVillage(text, {json.dumps(villages)})", list(cases))

    assert theirs == list(cases.values())
