"""Phones of volunteers, as far as the server sees them."""

import itertools
import json
import time
import uuid

from django.urls import reverse

MINUTE = 60_000
HOUR = 60 * MINUTE


class Phone:
    """Make the items that a volunteer's phone keeps, numbered as it numbers them."""

    def __init__(self, user, device=None):
        self.user = user
        self.device = device or uuid.uuid4()
        self.numbers = itertools.count(1)

    def item(self, kind, *, at=None, off=0, **fields):
        return {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "who": f"staff:{self.user.pk}",
            "device": str(self.device),
            "seq": next(self.numbers),
            "at": at or round(time.time() * 1000) - MINUTE,
            "off": off,
            **fields,
        }

    def mark(self, session, who, status="present", **more):
        fields = {"session": session.pk, "person": uuid_of(who), "status": status}
        return self.item("mark", **{"base": None, "how": "tap", **fields, **more})

    def arrival(self, session, home, **more):
        fields = {
            "person": str(uuid.uuid4()),
            "session": session.pk,
            "name": "Ngô Thị Sen",
            "year": 1955,
            "about": False,
            "village": home.pk,
            "sex": "f",
            "phone_kind": "android",
            "consent": "spoken",
        }
        return self.item("arrival", **{**fields, **more})

    def remark(self, session, who, text="Đến cùng cháu", **more):
        return self.item(
            "remark", session=session.pk, person=uuid_of(who), text=text, **{"home": False, **more}
        )

    def note(self, session, text, **more):
        return self.item("note", session=session.pk, text=text, **more)

    def skill(self, session, who, lesson, level="alone", **more):
        return self.item(
            "skill",
            session=session and session.pk,
            person=uuid_of(who),
            lesson=lesson.pk,
            level=level,
            **more,
        )

    def paper(self, session, who, lesson, right, **more):
        fields = {"session": session.pk, "person": uuid_of(who), "lesson": lesson.pk}
        return self.item("paper", right=right, **{"attempt": str(uuid.uuid4()), **fields, **more})

    def screen(self, session, lesson, number, **more):
        fields = {"lesson": lesson.pk, "screen": number, "note": "Nút nằm ở dưới"}
        return self.item("screen", session=session.pk, **{**fields, **more})

    def recheck(self, enrolment, days=14, outcome="kept", **more):
        fields = {"enrolment": enrolment.pk, "person": uuid_of(enrolment), "remark": ""}
        return self.item("recheck", days=days, outcome=outcome, **{"shift": None, **fields, **more})


def uuid_of(who):
    """Return the number of a resident, given as such, as an enrolment or as a number."""
    if isinstance(who, str):
        return who
    return str(getattr(who, "resident", who).uuid)


def post(client, *items, **extra):
    body = json.dumps({"items": items})
    return client.post(reverse("progress:sync"), body, content_type="application/json", **extra)


def said(results):
    """Return what was answered, without the words."""
    return [(result["r"], result.get("code", "")) for result in results]
