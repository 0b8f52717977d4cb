"""A small content pack, as a folder, and the lesson that comes of it."""

import copy
import json

import pytest
import yaml
from django.db import transaction

from courses.imports import import_pack
from courses.models import LessonPage
from people.roles import Role
from tests.factories import AssignmentFactory

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
    '<rect width="400" height="300" fill="#{colour}"/><text x="9" y="9">{name}</text></svg>'
)

PHONE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 312 416"><rect width="9" height="9"/>'
    "<text>{}</text></svg>"
)


def said(vi, en):
    return {"vi": vi, "en": en}


def option(vi, en, correct, **more):
    return {
        "text": said(vi, en),
        "correct": correct,
        "feedback": said(f"{vi}: lời dặn", f"{en}: a word"),
        **more,
    }


COURSE = {
    "slug": "goi-dien",
    "title": said("Gọi điện", "Making a call"),
    "summary": said("Gọi cho con cháu.", "Call your children."),
    "audience": said("Bà con từ 60 tuổi", "Villagers of 60 and over"),
    "icon": "smartphone",
    "checked_on": "2026-11-01",
    "review_by": "2027-05-01",
    "skills": ["2.1"],
    "sources": [{"title": "Trang của xã", "url": "https://example.org/"}],
    "lessons": ["01-bam-so"],
    "figures": [
        {
            "key": "help_line",
            "label": said("Số giúp đỡ", "Help line"),
            "unknown": said("Hỏi tại xã", "Ask at the commune office"),
        }
    ],
}
LESSON = {
    "slug": "bam-so",
    "title": said("Bấm số đường dài", "Dialling"),
    "summary": said("Bấm từng số.", "Dial each digit."),
    "minutes": 5,
    "skills": ["2.1"],
    "checked_on": "2026-11-01",
    "review_by": "2027-05-01",
    "body": [
        {
            "type": "step",
            "picture": "step-1.svg",
            "alt": said("Ngón tay bấm số", "A finger dials"),
            "heading": said("Bấm số", "Dial"),
            "words": said("Bấm chậm từng số.\n\nXem lại số.", "Dial slowly.\n\nLook again."),
        },
        {
            "type": "warning",
            "heading": said("Coi chừng", "Beware"),
            "words": said("Người lạ gọi thì cúp máy.", "If a stranger calls, hang up."),
        },
        {
            "type": "checklist",
            "heading": said("Chuẩn bị", "Get ready"),
            "items": [said("Kính", "Glasses"), said("Sổ tay", "Notebook")],
        },
        {"type": "figures", "heading": said("Hỏi ai", "Whom to ask"), "keys": ["help_line"]},
    ],
    "questions": [
        {
            "type": "single",
            "text": said("Bấm thế nào?", "How do you dial?"),
            "options": [option("Nhanh", "Fast", False), option("Chậm", "Slowly", True)],
            "explanation": said("Bấm chậm thì đúng.", "Slow is right."),
        },
        {
            "type": "several",
            "text": said("Cần gì?", "What do you need?"),
            "options": [
                option("Kính", "Glasses", True),
                option("Sổ", "Notebook", True),
                option("Mũ", "Hat", False),
            ],
            "explanation": said("Kính và sổ.", "Glasses and notebook."),
        },
        {
            "type": "true_false",
            "text": said("Nói mã cho người lạ?", "Tell strangers your code?"),
            "options": [option("Đúng", "True", False), option("Sai", "False", True)],
            "explanation": said("Không nói.", "Never."),
        },
        {
            "type": "picture",
            "text": said("Hình nào đúng?", "Which picture?"),
            "options": [
                option("Một", "One", True, picture="a.svg", alt=said("Hình một", "Picture one")),
                option("Hai", "Two", False, picture="b.svg", alt=said("Hình hai", "Picture two")),
            ],
            "explanation": said("Hình một.", "The first."),
        },
        {
            "type": "order",
            "text": said("Việc nào trước?", "What comes first?"),
            "options": [
                {"text": said(vi, en), "feedback": said(f"{vi}: lời dặn", f"{en}: a word")}
                for vi, en in (("Mở máy", "Turn on"), ("Bấm số", "Dial"), ("Nói", "Speak"))
            ],
            "explanation": said("Mở, bấm, nói.", "On, dial, speak."),
        },
    ],
}


@pytest.fixture
def pack(tmp_path):
    """A folder with one course of one lesson; ``pack.write(**changes)`` writes it again."""

    class Folder:
        path = tmp_path / "pack"
        course = copy.deepcopy(COURSE)
        lesson = copy.deepcopy(LESSON)

        def write(self):
            home = self.path / "goi-dien"
            pictures = home / "01-bam-so" / "pictures"
            pictures.mkdir(parents=True, exist_ok=True)
            for number, name in enumerate(("step-1", "a", "b")):
                svg = DRAWING.format(colour=f"{number}" * 6, name=name)
                (pictures / f"{name}.svg").write_text(svg)
            self._dump(home / "course.yaml", self.course)
            self._dump(home / "01-bam-so" / "lesson.yaml", self.lesson)
            return self.path

        def _dump(self, path, content):
            content = json.loads(json.dumps(content))  # no row twice, so no references
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            path.write_text(
                text.replace("'2026-11-01'", "2026-11-01").replace("'2027-05-01'", "2027-05-01")
            )

    folder = Folder()
    folder.write()
    return folder


@pytest.fixture
def rehearsed(pack):
    """The small pack with a practice, a dated picture and the kinds that are typed."""
    pack.lesson["body"][0].update(app="VNeID", version="2.1", taken_on="2026-11-01")
    pack.lesson.update(asked=4, pass_per_cent=75)
    pack.course["test_size"] = 6
    pack.lesson["body"].append(
        {
            "type": "practice",
            "heading": said("Bác thử gọi cho con", "Try to call your child"),
            "screens": [
                {
                    "name": "dau",
                    "picture": "phone-1.svg",
                    "alt": said("Màn hình", "A screen"),
                    "words": said("Bấm hình điện thoại.", "Tap the phone."),
                    "hint": said("Ở dưới cùng.", "At the bottom."),
                    "zones": [
                        {"label": said("Gọi", "Call"), "at": [8, 78, 22.5, 14], "to": "xong"},
                        {
                            "label": said("Máy ảnh", "Camera"),
                            "at": [70, 78, 22, 14],
                            "says": said("Đây là máy ảnh.", "This is the camera."),
                        },
                    ],
                },
                {
                    "name": "xong",
                    "outcome": "done",
                    "picture": "phone-2.svg",
                    "alt": said("Đang gọi", "Calling"),
                    "words": said("Gọi được rồi!", "You called!"),
                },
            ],
        }
    )
    word = said("Chưa đúng.", "Not quite.")
    end = said("Nhớ nhé.", "Remember.")
    pack.lesson["questions"] += [
        {
            "type": "match",
            "text": said("Số nào của ai?", "Whose number?"),
            "options": [
                {"text": said(vi, en), "match": said(to, to), "feedback": word}
                for vi, en, to in (("Công an", "Police", "113"), ("Cháy", "Fire", "114"))
            ]
            + [{"text": said("Ốm", "Ill"), "match": said("115", "115"), "feedback": word}],
            "explanation": end,
        },
        {
            "type": "number",
            "text": said("Gọi cấp cứu số mấy?", "Which number for an ambulance?"),
            "answer": 115,
            "feedback": word,
            "explanation": end,
        },
        {
            "type": "text",
            "text": said("Ngày nào?", "Which day?"),
            "accepted": {"vi": ["hai tháng chín", "02/09"], "en": ["2 September"]},
            "feedback": word,
            "explanation": end,
        },
        {
            "type": "spot",
            "text": said("Chỗ nào đáng ngờ?", "What is suspicious?"),
            "options": [
                {"text": said(vi, en), "correct": bad, "feedback": word}
                for vi, en, bad in (
                    ("Chào bác,", "Hello,", False),
                    ("bấm vào đây", "click here", True),
                    ("Ngân hàng", "The bank", False),
                )
            ],
            "explanation": end,
        },
    ]
    pack.write()
    for number in (1, 2):
        picture = pack.path / "goi-dien/01-bam-so/pictures" / f"phone-{number}.svg"
        picture.write_text(PHONE.format(number))
    return pack


@pytest.fixture(scope="module")
def imported(tmp_path_factory, django_db_setup, django_db_blocker):
    """The small pack, imported once for the tests of a module and taken back after."""
    with django_db_blocker.unblock(), transaction.atomic():
        import_pack(pack.__wrapped__(tmp_path_factory.mktemp("pack")).path)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def lesson(imported, db):
    """The lesson of the small pack, published in both languages."""
    return LessonPage.objects.get(slug="bam-so", locale__language_code="vi")


@pytest.fixture
def lesson_of_this_test(db, pack):
    """The same lesson where the other tests of the module want no lesson at all."""
    import_pack(pack.path)
    return LessonPage.objects.get(slug="bam-so", locale__language_code="vi")


@pytest.fixture
def author(province):
    """Someone who writes lessons."""
    return AssignmentFactory(place=province, role=Role.AUTHOR, user__username="soan").user


@pytest.fixture
def reviewer(province):
    """Someone who reads what authors hand in, and publishes it."""
    return AssignmentFactory(place=province, role=Role.REVIEWER, user__username="duyet").user
