"""Wagtail's editor as a browser would fill it in."""

from wagtail.test.utils.form_data import nested_form_data, streamfield


def typed(lesson, **changes):
    """Return the editor's form for ``lesson`` as a browser would send it."""
    fields = {
        "title": lesson.title,
        "slug": lesson.slug,
        "summary": lesson.summary,
        "audience": lesson.audience,
        "minutes": lesson.minutes,
        "pass_per_cent": lesson.pass_per_cent,
        "asked": lesson.asked,
        "checked_on": "",
        "review_by": "",
        "body": streamfield([("tip", {"heading": "Bấm chậm", "words": "Bấm chậm từng số."})]),
        "questions": streamfield([]),
        "sources": streamfield([]),
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }
    return nested_form_data({**fields, **changes})


TYPED_QUESTION = {
    "text": "Bấm thế nào?",
    "explanation": "Bấm chậm.",
    "options": {
        "count": 2,
        **{
            str(n): {
                "value": {"text": t, "feedback": "Bấm chậm.", **right},
                "order": str(n),
                "deleted": "",
            }
            for n, (t, right) in enumerate([("Chậm", {"is_right": "on"}), ("Nhanh", {})])
        },
    },
}


def finished(lesson, **changes):
    """Return the form of a short lesson that may be published."""
    return typed(lesson, questions=streamfield([("single", TYPED_QUESTION)] * 3), **changes)
