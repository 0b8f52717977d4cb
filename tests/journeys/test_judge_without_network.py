"""A phone without network judges answers exactly as the server does."""

import json

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from courses.rules import UNSURE, explain, grade, has_passed, read_reply, score

# What is looked at here is the browser; the database of the round makes no difference.
pytestmark = pytest.mark.laptop

JUDGE = "lms/static/lms/js/judge.js"
CASES = 3000
IDS = st.sampled_from("abcd")

LETTERS = st.characters(max_codepoint=0x24F, categories=["L", "N", "P", "Zs", "S"])
VIETNAMESE = st.sampled_from("ạảãàáăắằẳẵặâấầẩẫậđĐêếềểễệôốồổỗộơớờởỡợưứừửữựỳýỵỷỹ ỊỌỤ\u0301\u0323")
WORDS = st.sampled_from(
    [
        "Xã hội",
        "xa hoi",
        "VNeID",
        "vne id",
        "VSSID!",
        "Đường dây nóng",
        "1900 9068",
        "ngày",
        "*101#",
    ]
)
DAYS = st.tuples(st.integers(0, 33), st.integers(0, 14), st.integers(0, 2100)).flatmap(
    lambda parts: st.sampled_from(
        [
            "{0}/{1}/{2}",
            "{0:02}-{1:02}-{2:02}",
            "{0}.{1}.{2}",
            "ngày {0} tháng {1} năm {2}",
            "{0} tháng {1}, {2}",
            "Mùng {0} tháng Giêng {2}",
            "{0} tháng mười hai năm {2}",
            "{0} tháng năm năm {2}",
            "{2:04}-{1:02}-{0:02}",
            "{0} March {2}",
            "May {0}, {2}",
            "{0}/{1}",
            "{0:02}{1:02}{2:04}",
        ]
    ).map(lambda shape: shape.format(*parts))
)
NUMBERS = st.tuples(st.integers(0, 10**7), st.integers(0, 9999)).flatmap(
    lambda parts: st.sampled_from(
        [
            "{0}",
            "{0}.{1}",
            "{0},{1}",
            "{2}",
            "{3}",
            "{0:,}",
            "{2},{1}",
            "{0:,}.{1}",
            " -{0} đồng",
            "số {2}đ",
            "{0} triệu",
            "{0}k",
            "{0},{1} tỷ đồng",
            "{0} hoặc {1}",
            "\u00a0{3} ",
            "0{0}",
        ]
    ).map(
        lambda shape: shape.format(
            *parts, f"{parts[0]:,}".replace(",", "."), f"{parts[0]:,}".replace(",", " ")
        )
    )
)
SAID = st.one_of(
    DAYS, NUMBERS, WORDS, st.text(LETTERS | VIETNAMESE, max_size=12), st.just(UNSURE), st.just("")
)
PLAIN_NUMBERS = st.one_of(
    st.integers(-(10**6), 10**7).map(str),
    st.decimals(0, 2000, places=3).map(lambda number: format(number.normalize(), "f")),
    st.sampled_from(["", "x", "1,5", "0"]),
)


@st.composite
def questions(draw):
    kind = draw(
        st.sampled_from(
            ["single", "several", "true_false", "picture", "order", "match", "spot", "?"]
        )
    )
    names = draw(st.lists(IDS, max_size=4, unique=True))
    return {
        "id": "q",
        "kind": kind,
        "options": [
            {
                "id": name,
                "text": name.upper(),
                "correct": draw(st.booleans()),
                "feedback": draw(st.sampled_from(["", "về " + name])),
                "match": draw(st.sampled_from(["thật", "giả", "không rõ"])),
            }
            for name in names
        ],
        "explanation": "Vì thế.",
    }


TYPED = st.one_of(
    st.builds(
        lambda answer, tolerance: {
            "id": "q",
            "kind": "number",
            "options": [],
            "answer": answer,
            "tolerance": tolerance,
            "feedback": "Bác xem lại nhé.",
        },
        PLAIN_NUMBERS,
        st.sampled_from(["0", "0.1", "5", "1000", ""]),
    ),
    st.builds(
        lambda accepted: {
            "id": "q",
            "kind": "text",
            "options": [],
            "accepted": accepted,
            "feedback": "Bác xem lại nhé.",
            "explanation": "Vì thế.",
        },
        st.lists(SAID, max_size=3),
    ),
)
CHOSEN = st.one_of(
    IDS,
    st.lists(IDS, max_size=5),
    st.permutations("abcd"),
    SAID,
    st.none(),
    st.integers(),
    st.lists(st.none() | IDS | st.integers(), max_size=3),
    st.dictionaries(IDS, IDS, max_size=2),
)


@st.composite
def answered(draw):
    """A question and an answer; quite often the right one, or one close to it."""
    if draw(st.booleans()):
        question = draw(questions())
        names = [option["id"] for option in question["options"]]
        right = [option["id"] for option in question["options"] if option["correct"]]
        close = st.sampled_from([names, right, right[:1], "".join(right[:1]), names[::-1]])
        return question, draw(close | CHOSEN)
    question = draw(TYPED)
    spellings = [*question.get("accepted", []), question.get("answer", "")]
    close = st.sampled_from(spellings).flatmap(
        lambda text: st.sampled_from(
            [text, text.upper(), f" {text}.", text.replace(".", ","), text.replace("/", " - ")]
        )
    )
    return question, draw(close | SAID | CHOSEN)


@st.composite
def sent(draw):
    """What the form of a question sends."""
    question = draw(questions() | TYPED)
    rows = [option["id"] for option in question["options"]]
    fields = [("order", row) for row in draw(st.permutations(rows))]
    fields += [("answer", draw(st.sampled_from(["done", UNSURE]) | IDS | SAID))] * draw(
        st.integers(0, 1)
    )
    fields += [("answer", name) for name in draw(st.lists(IDS, max_size=3))]
    pairs = st.builds(lambda row, other: f"{row}:{other}", IDS, st.sampled_from(rows or ["a"]))
    fields += [("pair", pair) for pair in draw(st.lists(pairs, max_size=5))]
    fields += draw(
        st.sampled_from([[], [("move", "a:up")], [("move", "b:down")], [("restart", "1")]])
    )
    return question, fields


def collected(strategy, count):
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


def judged_in_browser(chromium, what, cases):
    page = chromium.new_page()
    with open(JUDGE, encoding="utf-8") as script:
        source = script.read()

    def serve(route):
        is_script = route.request.url.endswith(".js")
        kind = "text/javascript" if is_script else "text/html"
        route.fulfill(content_type=kind, body=source if is_script else "<!doctype html>")

    page.route("**/*", serve)
    page.goto("http://judge.test/")
    said = page.evaluate(
        f"async cases => {{ const judge = await import('/judge.js'); return cases.map({what}); }}",
        cases,
    )
    page.close()
    return said


def test_answers_are_judged_and_explained_alike(chromium):
    cases = collected(answered(), CASES)

    theirs = judged_in_browser(
        chromium, "([q, a]) => [judge.grade(q, a), judge.explain(q, a)]", cases
    )

    ours = [[grade(question, answer), explain(question, answer)] for question, answer in cases]
    assert len(cases) >= 2000
    assert 200 < sum(is_right for is_right, _words in ours) < len(cases) - 200
    assert [
        (case, here, there)
        for case, here, there in zip(cases, ours, theirs, strict=True)
        if here != there
    ] == []


def test_forms_are_read_alike(chromium):
    cases = [
        (question, fields)
        for question, fields in collected(sent(), 1000)
        if len({row for name, row in fields if name == "order"}) == len(question["options"])
    ]

    theirs = judged_in_browser(
        chromium,
        "([q, fields]) => { const data = new FormData();"
        " for (const [n, v] of fields) data.append(n, v);"
        " const r = judge.readReply(q, data); return [r.answer, r.moved, r.pairs, r.is_empty]; }",
        cases,
    )

    for (question, fields), there in zip(cases, theirs, strict=True):
        data = QueryDict(mutable=True)
        for name, value in fields:
            data.appendlist(name, value)
        reply = read_reply(question, data)
        here = [reply.answer, reply.moved, reply.pairs, reply.is_empty]
        assert json.loads(json.dumps(here)) == there, (question, fields)


def test_attempts_are_reckoned_up_alike(chromium):
    attempts = []
    for number in range(0, 600, 3):
        pool = collected_once()[number : number + 3]
        asked = [{**question, "id": str(place)} for place, (question, _answer) in enumerate(pool)]
        answers = {str(place): answer for place, (_question, answer) in enumerate(pool)}
        attempts.append([asked, answers, 20 + number % 80])

    theirs = judged_in_browser(
        chromium, "([q, a, p]) => [judge.score(q, a), judge.hasPassed(q, a, p)]", attempts
    )

    assert theirs == [
        [score(asked, answers), has_passed(asked, answers, per_cent)]
        for asked, answers, per_cent in attempts
    ]


_once: list = []


def collected_once():
    if not _once:
        _once.extend(collected(answered(), 600))
    return _once
