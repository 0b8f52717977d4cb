"""A lesson that asks in every new way, for browsers to try."""

import json
import uuid

from courses.models import CoursePage, LessonPage


def _block(kind, **value):
    return {"type": kind, "id": str(uuid.uuid4()), "value": value}


def _options(*rows):
    return [{"type": "item", "id": name, "value": value} for name, value in rows]


def _questions():
    return [
        _block(
            "match",
            text="Ai gọi cho bác?",
            options=_options(
                ("ma", {"text": "“Con đang cấp cứu!”", "match": "Lừa đảo", "feedback": "Bác hỏi."}),
                ("mb", {"text": "“Bác nhớ mang thẻ.”", "match": "Trạm y tế", "feedback": "Nhắc."}),
                ("mc", {"text": "“Bác đọc mã đi.”", "match": "Lừa đảo", "feedback": "Giấu mã."}),
            ),
            explanation="Ai hỏi mã, bác tắt máy.",
        ),
        _block(
            "number",
            text="Vay 1.000.000 đồng, lãi 1% một tháng. Bác trả lãi bao nhiêu?",
            answer="10000",
            tolerance="0",
            unit="đồng",
            feedback="Bác chia cho một trăm.",
            explanation="Một tháng trả 10.000 đồng.",
        ),
        _block(
            "text",
            text="Ngày Quốc khánh là ngày nào?",
            accepted="2/9",
            feedback="Bác nhớ tháng chín.",
            explanation="Quốc khánh là ngày 2 tháng 9.",
        ),
        _block(
            "spot",
            text="Tin nhắn này có chỗ nào đáng ngờ?",
            options=_options(
                ("sa", {"text": "Xin chào bác.", "is_right": False, "feedback": "Lời chào thôi."}),
                ("sb", {"text": "Khóa sau 30 phút.", "is_right": True, "feedback": "Dọa."}),
                ("sc", {"text": "Bấm vào: vietc0m.xyz", "is_right": True, "feedback": "Lạ."}),
            ),
            explanation="Bác không bấm đường dẫn lạ.",
        ),
    ]


def add_quiz(title="Hỏi mọi kiểu") -> LessonPage:
    """Publish the lesson on the first course, once; its questions follow one screen."""
    course = CoursePage.objects.live().filter(locale__language_code="vi").order_by("path").first()
    found = LessonPage.objects.child_of(course).filter(title=title).first()
    screen = _block("step", heading="Bác xem nhé", words="Bấm vào ô màu xanh.")
    return found or course.add_child(
        instance=LessonPage(
            title=title,
            live=True,
            locale=course.locale,
            body=json.dumps([screen]),
            questions=json.dumps(_questions()),
        )
    )
