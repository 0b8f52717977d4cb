"""Every address of ours, and for whom it is. A new one fails until it is put into one table.

A door names the weakest role that may go through it, and knows how to build the address from the
things of a commune, and a POST that would take effect.
"""

import datetime as dt
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image as Picture

from campaigns.imports import TargetLine, TargetPlan, pack_targets
from campaigns.reports import target_table
from courses.services import spoken_words
from places.imports import pack_preview, preview_villages
from places.imports.boundaries import pack_boundaries, preview_boundaries
from tests.architecture.world import OURS
from tests.courses.sounds import wav

# Whoever has a little less than the role that may; an author has no part in people's affairs.
BELOW = {
    "observer": "author",
    "instructor": "observer",
    "leader": "instructor",
    "organiser": "leader",
    "province_organiser": "organiser",
    "operator": "province_organiser",
    "author": "province_organiser",
}


def nothing(side):
    return []


@dataclass(frozen=True)
class Door:
    """One address: how it is built from a side of the world, and who may use it there."""

    by: str = ""
    args: Callable = nothing
    # What a POST carries that takes effect; without it a POST changes nothing.
    send: Callable | None = None
    # Whether a GET shows a page.
    shows: bool = True
    # A GET leads on to another page of ours.
    leads: bool = False
    # The page names nobody and nothing of the commune's own.
    is_plain: bool = False
    # The neighbouring commune takes part in the same campaign, and sees its own share of it.
    is_shared: bool = False

    def url(self, name, side) -> str:
        return reverse(name, args=self.args(side))


# For everybody, with the reason.
OPEN = {
    "home": "the front page; each sees his own, which the crawl looks at",
    "health": "says only whether the database answers",
    "look": "remembers the size of letters in a cookie",
    "media": "pictures of published lessons",
    "account_reset_password": "who cannot sign in has not signed in",
    "account_signup": "answers 404: nobody signs up",
    "account_email": "answers 404: organisers keep the addresses",
    "account_email_verification_sent": "answers 404",
    "account_confirm_email": "answers 404",
    "account_confirm_login_code": "answers 404",
    "account_set_password": "answers 404: nobody is without one",
    "verify_form": "a certificate's genuineness is for everybody",
    "verify": "shows what the paper shows, to who holds its number of 60 random bits",
    "people:card_open": "where a card's QR leads, before anybody has signed in",
    "people:card_entry": "where learners come in; takes codes only on a class's screen",
    "people:learner_out": "leaving",
    "progress:whoami": "tells each browser only who has signed in with it",
    "progress:mine": "tells a learner's phone which lessons are hers; 401 to everybody else",
    "progress:sync": "takes from a phone only what is its owner's; 401 to whoever is nobody",
    "progress:evenings": "tells a volunteer's phone the evenings in scope; 401 to everybody else",
    "progress:names": "shows tonight's names only where a volunteer has opened the class's screen",
    "progress:tap_name": "signs in only on a class's screen, and only tonight's learners",
    "progress:next_person": "leaving",
    "campaigns:calendar": "telephones cannot sign in; the address is the secret",
    "campaigns:member_calendar": "telephones cannot sign in; the address is the secret",
    "public_campaign": "a campaign's public page; test_crawl looks for names on it",
    "public_places": "where classes are: communes and the middle of each",
    "public_card": "the picture beside a public page's address",
    "public_code": "a public page's address as a code",
    "stats_docs": "how programs ask; holds no figure",
    "stats:openapi-json": "the same for programs",
    "stats:api-root": "answers 404: it only lets the library name addresses",
    **{
        f"stats:{name}": "asks for a token of its own; test_statistics_api knocks without, with "
        "a wrong one and with another province's"
        for name in (
            *("campaigns", "places", "indicators", "figures", "series", "targets"),
            *("breakdowns", "files", "file"),
        )
    },
    "courses:whole": "lessons are for everybody",
    "service_worker": "a script; it holds nothing about anybody",
    "offline": "an empty page, for phones without network",
    "evening": "an empty page; what it shows stands on a volunteer's phone",
    "courses:list": "lessons are for everybody",
    "courses:search": "lessons are for everybody",
    "courses:picture": "lessons are for everybody",
    "courses:audio": "lessons are for everybody, and who speaks in them has agreed",
    **dict.fromkeys(
        (
            *("api:courses:listing", "api:courses:detail", "api:courses:find"),
            *("api:lessons:listing", "api:lessons:detail", "api:lessons:find"),
        ),
        "published lessons, for a partner's app",
    ),
    "courses:sheet": "lessons are for everybody, on paper too",
    "courses:writing_closed": "tells who may not write that he may not",
}

# For a learner who has come in with a card, and only about this very learner.
LEARNER = {
    "certificates:mine": Door(),
    "progress:learn": Door(),
    "progress:resume": Door(args=lambda s: [s.lesson.pk]),
    "progress:lesson": Door(args=lambda s: [s.lesson.pk, 1]),
    "progress:finish_lesson": Door(
        args=lambda s: [s.second_lesson.pk], send=lambda s: {}, shows=False
    ),
    "progress:practise": Door(
        args=lambda s: [s.lesson.pk, uuid.UUID(int=1)],
        send=lambda s: {"run": uuid.UUID(int=2), "p": "xong.0.0.0"},
        shows=False,
    ),
    "progress:begin_test": Door(args=lambda s: [s.tested_course.pk, "before"], send=lambda s: {}),
    "progress:question": Door(args=lambda s: [s.attempt.uuid, 1], send=lambda s: {"answer": "a"}),
    "progress:result": Door(args=lambda s: [s.attempt.uuid]),
}


def _class_data(side, **more):
    return {
        "name": "Lớp ba",
        "venue": side.venue.pk,
        "course": side.course.pk,
        "instructors": side.instructor.pk,
        "skips_holidays": "on",
        "times-TOTAL_FORMS": 3,
        "times-INITIAL_FORMS": 0,
        "times-0-weekday": 5,
        "times-0-begins": "19:00",
        "times-0-minutes": 90,
        **more,
    }


def _work_data(side):
    return {
        "title": "Thăm năm bác",
        "owner": f"m{side.helper.pk}",
        "due": (timezone.localdate() + dt.timedelta(days=2)).isoformat(),
        "expected": "Hai bác tới lớp",
        "responsible": side.leader.pk,
        "indicator": "reached",
    }


def _day(days=3):
    day = timezone.localdate() + dt.timedelta(days=days)
    return {"starts_at_0": day.isoformat(), "starts_at_1": "19:15"}


def _person(side, **more):
    return {
        "full_name": "Hồ Thị Mới",
        "birth_year": 1944,
        "village": side.village.pk,
        "learning_language": "vi",
        **more,
    }


def _new(side, **more):
    return _person(side, uuid=str(uuid.uuid4()), consent="on", **more)


def _villages(side):
    preview = preview_villages("ten_thon\nThôn 77\n".encode(), side.commune, [side.commune])
    return {"rows": pack_preview(preview, side.organiser, side.commune)}


def _boundaries(side):
    shape = {
        "type": "Polygon",
        "coordinates": [[[105.0, 21.0], [105.1, 21.0], [105.1, 21.1], [105.0, 21.0]]],
    }
    feature = {"type": "Feature", "properties": {"ten": side.village.name}, "geometry": shape}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    drawing = preview_boundaries(content, side.commune)
    words = (f"Bản đồ {side.ground}", "")
    return {"packed": pack_boundaries(drawing, side.province_organiser, side.commune, words)}


def _upload(side):
    table = f"Họ và tên,Năm sinh,Thôn\nPhan Văn Bảy,1950,{side.village.name}\n"
    return {"commune": side.commune.pk, "file": SimpleUploadedFile("ds.csv", table.encode())}


def _today():
    return {"happened_on": timezone.localdate().isoformat(), "evidence": "Giấy hẹn"}


def _targets(side):
    """A table from a file, as it comes back after it was looked at."""
    table = target_table(side.campaign, side.commune, "reached")
    line = TargetLine(2, side.commune.pk, "xã", goal=5, denominator=9, source="Kế hoạch 45")
    return {"rows": pack_targets(TargetPlan(table, [line]), side.organiser)}


def _photograph():
    picture = io.BytesIO()
    Picture.new("L", (700, 900), 200).save(picture, "JPEG")
    return SimpleUploadedFile("to.jpg", picture.getvalue(), "image/jpeg")


def _saturday_of(session):
    """The weekend of an evening."""
    day = timezone.localtime(session.starts_at).date()
    return (day - dt.timedelta(days=(day.weekday() - 5) % 7)).isoformat()


def _spoken(side):
    """A block that nobody in the world has read aloud yet."""
    block = spoken_words(side.lesson, "vi")[-1].block
    return {
        "language": "vi",
        "block": str(block),
        "speaker": "Bùi Thị Mơ",
        "consent": "on",
        "sound": SimpleUploadedFile("loi.wav", wav()),
    }


# Staff's pages about one thing: it has a place, and only who works there may come.
FENCED = {
    "places:detail": Door("observer", lambda s: [s.village.pk]),
    "places:edit": Door(
        "organiser",
        lambda s: [s.village.pk],
        lambda s: {"designation": "thon", "name": "Đồng Mới"},
    ),
    "places:population": Door(
        "organiser",
        lambda s: [s.village.pk],
        lambda s: {"population": "1.240", "as_of": timezone.localdate().isoformat()},
    ),
    "places:boundaries": Door("province_organiser", lambda s: [s.commune.pk], _boundaries),
    "places:remove_boundaries": Door(
        "province_organiser", lambda s: [s.commune.pk], lambda s: {}, shows=False
    ),
    "campaigns:merge_units": Door(
        "organiser",
        lambda s: [s.village.pk],
        lambda s: {
            "places": s.far_village.pk,
            "on": timezone.localdate().isoformat(),
            "step": "confirm",
        },
    ),
    "campaigns:split_village": Door(
        "organiser",
        lambda s: [s.village.pk],
        lambda s: {
            "parts": "Thôn 91\nThôn 92",
            "on": timezone.localdate().isoformat(),
            "how": "hand",
            "rest": "0",
            "step": "confirm",
        },
    ),
    "places:add_village": Door(
        "organiser",
        lambda s: [s.commune.pk],
        lambda s: {"designation": "thon", "name": "Đồng Mới"},
        is_plain=True,
    ),
    "places:import_villages": Door("organiser", lambda s: [s.commune.pk], _villages, is_plain=True),
    "places:add_venue": Door(
        "leader",
        lambda s: [s.village.pk],
        lambda s: {"name": "Nhà mới", "computers": 0, "printers": 0},
    ),
    "places:edit_venue": Door(
        "leader",
        lambda s: [s.venue.pk],
        lambda s: {"name": "Nhà mới", "computers": 0, "printers": 0},
    ),
    "people:import_preview": Door("organiser", lambda s: [s.list.uuid], lambda s: {}),
    "people:resident": Door("instructor", lambda s: [s.lan.uuid]),
    "people:edit": Door("instructor", lambda s: [s.lan.uuid], _person),
    "people:erase": Door("organiser", lambda s: [s.hoa.uuid], lambda s: {"sure": "on"}),
    "people:consent": Door(
        "instructor",
        lambda s: [s.hoa.uuid],
        lambda s: {"purpose": "learning", "agreed": "on"},
        shows=False,
    ),
    "people:card": Door("instructor", lambda s: [s.lan.uuid], lambda s: {}),
    "people:revoke_card": Door("instructor", lambda s: [s.lan.uuid], lambda s: {"because": "mất"}),
    "people:staff_member": Door("organiser", lambda s: [s.instructor.pk]),
    "people:staff_edit": Door(
        "organiser", lambda s: [s.instructor.pk], lambda s: {"full_name": "Lê Thị Mới"}
    ),
    "people:staff_give_role": Door(
        "organiser",
        lambda s: [s.instructor.pk],
        lambda s: {"role": "observer", "place": s.village.pk},
        shows=False,
    ),
    "people:staff_end_role": Door(
        "organiser",
        lambda s: [s.instructor.pk, s.instructor_role.pk],
        lambda s: {},
        shows=False,
    ),
    "people:staff_password": Door(
        "organiser", lambda s: [s.instructor.pk], lambda s: {}, shows=False
    ),
    "people:staff_second_step": Door(
        "organiser", lambda s: [s.instructor.pk], lambda s: {}, shows=False
    ),
    "people:staff_open": Door("organiser", lambda s: [s.instructor.pk], lambda s: {}, shows=False),
    "campaigns:detail": Door("observer", lambda s: [s.campaign.pk], is_plain=True, is_shared=True),
    "campaigns:edit": Door(
        "organiser",
        lambda s: [s.draft.pk],
        lambda s: {
            "name": "Tên mới",
            "place": s.commune.pk,
            "first_day": timezone.localdate().isoformat(),
            "length": 100,
            "required_courses": s.course.pk,
            "evenings_required": 2,
            "green_from": 90,
            "yellow_from": 60,
        },
    ),
    "campaigns:start": Door("organiser", lambda s: [s.draft.pk], lambda s: {}, shows=False),
    "campaigns:close": Door(
        "province_organiser",
        lambda s: [s.campaign.pk],
        lambda s: {},
        is_plain=True,
        is_shared=True,
    ),
    "campaigns:coverage": Door("observer", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:coverage_csv": Door("observer", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:coverage_xlsx": Door(
        "observer", lambda s: [s.campaign.pk], is_plain=True, is_shared=True
    ),
    "campaigns:pace": Door("observer", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:villages": Door(
        "province_organiser",
        lambda s: [s.campaign.pk],
        lambda s: {},
        shows=False,
        is_shared=True,
    ),
    "campaigns:villages_job": Door(
        "observer", lambda s: [s.campaign.pk, s.villages_job.pk], is_plain=True
    ),
    "campaigns:villages_file": Door(
        "observer", lambda s: [s.campaign.pk, s.villages_job.pk], is_plain=True
    ),
    "campaigns:targets": Door(
        "organiser",
        lambda s: [s.campaign.pk],
        lambda s: {
            "source": "Kế hoạch 45",
            f"p{s.village.pk}-goal": 11,
            f"p{s.village.pk}-denominator": 30,
        },
        is_shared=True,
    ),
    "campaigns:breakdown": Door(
        "observer", lambda s: [s.campaign.pk], is_plain=True, is_shared=True
    ),
    "campaigns:breakdown_file": Door(
        "observer", lambda s: [s.campaign.pk, "csv"], is_plain=True, is_shared=True
    ),
    "campaigns:facts": Door(
        "province_organiser", lambda s: [s.campaign.pk], is_plain=True, is_shared=True
    ),
    "campaigns:make_facts": Door(
        "province_organiser",
        lambda s: [s.campaign.pk],
        lambda s: {},
        shows=False,
        is_shared=True,
    ),
    "campaigns:facts_file": Door("province_organiser", lambda s: [s.facts_file.pk], is_shared=True),
    "campaigns:client": Door("province_organiser", lambda s: [s.program.pk]),
    "campaigns:revoke_client": Door(
        "province_organiser", lambda s: [s.program.pk], lambda s: {}, shows=False
    ),
    "campaigns:targets_xlsx": Door(
        "organiser", lambda s: [s.campaign.pk], is_plain=True, is_shared=True
    ),
    "campaigns:import_targets": Door(
        "organiser", lambda s: [s.campaign.pk], _targets, is_plain=True, is_shared=True
    ),
    "campaigns:target_history": Door("organiser", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:indicators": Door(
        "organiser", lambda s: [s.draft.pk], lambda s: {"suggestion": "eid"}
    ),
    "campaigns:new_indicator": Door(
        "organiser",
        lambda s: [s.draft.pk],
        lambda s: {"name": "Mở gian hàng", "unit": "người", "per": "resident"},
    ),
    "campaigns:edit_indicator": Door(
        "organiser",
        lambda s: [s.draft.pk, 1],
        lambda s: {"name": "Mở gian hàng", "unit": "người", "per": "resident"},
    ),
    "campaigns:close_indicator": Door(
        "organiser", lambda s: [s.draft.pk, 1], lambda s: {}, shows=False
    ),
    "campaigns:outcomes": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:outcomes_csv": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:note_outcome": Door(
        "instructor",
        lambda s: [s.campaign.pk],
        lambda s: {"indicator": "o1", "person": s.lan.pk, **_today()},
        is_shared=True,
    ),
    "campaigns:note_tally": Door(
        "instructor",
        lambda s: [s.campaign.pk],
        lambda s: {"place": s.village.pk, "o2": "1.200", **_today()},
        is_shared=True,
    ),
    "campaigns:take_back_outcome": Door(
        "instructor", lambda s: [s.outcome.pk], lambda s: {"because": "Nhầm người"}
    ),
    "campaigns:note_for": Door("instructor", lambda s: [s.lan.uuid], shows=False, leads=True),
    "campaigns:class_groups": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:team": Door("instructor", lambda s: [s.team.pk]),
    "campaigns:edit_team": Door("leader", lambda s: [s.team.pk], lambda s: {"name": "Tổ mới"}),
    "campaigns:new_member": Door(
        "leader",
        lambda s: [s.team.pk],
        lambda s: {"name": "Lê Văn Mới", "user": s.instructor.pk},
    ),
    "campaigns:renew_calendar": Door("leader", lambda s: [s.team.pk], lambda s: {}, shows=False),
    "campaigns:new_class": Door(
        "leader",
        lambda s: [s.team.pk],
        lambda s: _class_data(s, campaign=s.campaign.pk),
    ),
    "campaigns:edit_member": Door(
        "leader",
        lambda s: [s.member.pk],
        lambda s: {"name": "Lê Văn Mới", "user": s.instructor.pk},
    ),
    "campaigns:end_member": Door("leader", lambda s: [s.member.pk], lambda s: {}),
    "campaigns:class_group": Door("instructor", lambda s: [s.group.pk]),
    "campaigns:edit_class": Door("leader", lambda s: [s.group.pk], _class_data),
    "campaigns:new_session": Door("leader", lambda s: [s.group.pk], lambda s: _day()),
    "campaigns:session": Door(
        "instructor",
        lambda s: [s.tonight.pk],
        lambda s: {"lesson": s.lesson.pk, "note": "Đông vui"},
    ),
    "campaigns:cancel_session": Door(
        "instructor", lambda s: [s.ahead.pk], lambda s: {"because": "Bão"}
    ),
    "campaigns:restore_session": Door(
        "instructor", lambda s: [s.cancelled.pk], lambda s: {}, shows=False
    ),
    "campaigns:move_session": Door("instructor", lambda s: [s.ahead.pk], lambda s: _day()),
    "campaigns:substitute": Door(
        "instructor",
        lambda s: [s.ahead.pk],
        lambda s: {"out": s.instructor.pk, "into": s.leader.pk},
    ),
    "campaigns:duty": Door("instructor", lambda s: [s.team.pk]),
    "campaigns:new_shift": Door(
        "leader",
        lambda s: [s.team.pk],
        lambda s: {
            "campaign": s.campaign.pk,
            "kind": "visit",
            "place": s.village.pk,
            "venue": s.venue.pk,
            "day": timezone.localdate().isoformat(),
            "begins": "15:00",
            "minutes": 120,
            "needed": 3,
        },
    ),
    "campaigns:shift": Door("instructor", lambda s: [s.shift.pk]),
    "campaigns:move_shift": Door(
        "leader", lambda s: [s.shift.pk], lambda s: _day() | {"minutes": 60, "needed": 4}
    ),
    "campaigns:cancel_shift": Door("leader", lambda s: [s.shift.pk], lambda s: {"because": "Bão"}),
    "campaigns:hold_shift": Door(
        "instructor", lambda s: [s.past_shift.pk], lambda s: {"helped": 9}
    ),
    "campaigns:offer_shift": Door(
        "leader", lambda s: [s.shift.pk], lambda s: {"members": s.substitute.pk}
    ),
    "campaigns:offer_session": Door(
        "leader", lambda s: [s.ahead.pk], lambda s: {"members": s.substitute.pk}
    ),
    "campaigns:remind_shift": Door(
        "leader", lambda s: [s.shift.pk], lambda s: {"channel": "email"}
    ),
    "campaigns:remind_session": Door("leader", lambda s: [s.ahead.pk]),
    "campaigns:answer_turn": Door(
        "instructor", lambda s: [s.turn.pk], lambda s: {"answer": "yes"}, shows=False
    ),
    "campaigns:replace_turn": Door(
        "leader", lambda s: [s.turn.pk], lambda s: {"member": s.substitute.pk}
    ),
    "campaigns:credit_turn": Door(
        "leader", lambda s: [s.past_turn.pk], lambda s: {"result": "served"}, shows=False
    ),
    "campaigns:take_back_turn": Door("leader", lambda s: [s.turn.pk], lambda s: {}, shows=False),
    "campaigns:work": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    "campaigns:new_work": Door("leader", lambda s: [s.campaign.pk], _work_data, is_shared=True),
    "campaigns:work_item": Door("instructor", lambda s: [s.work.pk], lambda s: {"percent": 40}),
    "campaigns:edit_work": Door("leader", lambda s: [s.work.pk], _work_data),
    "campaigns:drop_work": Door("leader", lambda s: [s.work.pk], lambda s: {"because": "Đã đi"}),
    "campaigns:reopen_work": Door(
        "leader", lambda s: [s.dropped_work.pk], lambda s: {"because": "Đã về"}
    ),
    "campaigns:reports": Door("observer", lambda s: [s.campaign.pk], is_shared=True, is_plain=True),
    "campaigns:begin_report": Door(
        "leader",
        lambda s: [s.campaign.pk],
        lambda s: {"team": s.team.pk, "period": "week", "first_day": s.free_week.isoformat()},
        shows=False,
        is_shared=True,
    ),
    "campaigns:report": Door("observer", lambda s: [s.report.pk]),
    "campaigns:write_report": Door(
        "leader", lambda s: [s.begun_report.pk], lambda s: {"narrative": "Mở lớp", "verb": "save"}
    ),
    "campaigns:step_report": Door(
        "leader", lambda s: [s.sent_report.pk, "return"], lambda s: {"because": "Thiếu thôn"}
    ),
    "campaigns:report_file": Door("observer", lambda s: [s.report.pk, "pdf"], is_plain=True),
    "campaigns:scorecards": Door(
        "observer", lambda s: [s.campaign.pk], is_shared=True, is_plain=True
    ),
    "campaigns:scorecard_file": Door(
        "observer", lambda s: [s.campaign.pk], is_shared=True, is_plain=True
    ),
    "campaigns:scorecards_job": Door(
        "observer", lambda s: [s.campaign.pk, s.cards_job.pk], is_plain=True
    ),
    "campaigns:scorecards_file": Door(
        "observer", lambda s: [s.campaign.pk, s.cards_job.pk], is_plain=True
    ),
    "campaigns:member_feed": Door("leader", lambda s: [s.member.pk], lambda s: {}),
    "courses:figure": Door(
        "organiser",
        lambda s: [s.commune.pk, s.figure.pk],
        lambda s: {"text": "Số 5", "source": "Bảng tin", "as_of": "01/01/2026"},
    ),
    "courses:variant_lesson": Door("organiser", lambda s: [s.commune.pk, s.lesson.pk]),
    "courses:variant": Door(
        "organiser",
        lambda s: [s.commune.pk, s.lesson.pk, uuid.UUID(s.own_picture.block)],
        lambda s: {"action": "remove"},
    ),
    "courses:audio_withdraw": Door("instructor", lambda s: [s.clip.uuid], lambda s: {}),
    "progress:register": Door("instructor", lambda s: [s.tonight.pk]),
    "progress:mark": Door(
        "instructor",
        lambda s: [s.tonight.pk, s.binhs.pk],
        lambda s: {"status": "present"},
        shows=False,
    ),
    "progress:mark_rest": Door(
        "instructor", lambda s: [s.tonight.pk], lambda s: {"status": "absent"}, shows=False
    ),
    "progress:take_back_rest": Door(
        "instructor",
        lambda s: [s.yesterday.pk],
        lambda s: {"marked_at": s.marked_at.isoformat()},
        shows=False,
    ),
    "progress:close": Door(
        "instructor", lambda s: [s.tonight.pk], lambda s: {"rest_is_absent": "on"}
    ),
    "progress:reopen": Door("leader", lambda s: [s.held.pk], lambda s: {"reason": "Ghi nhầm"}),
    "progress:walk_in": Door(
        "instructor", lambda s: [s.tonight.pk], lambda s: _new(s, mark_id=str(uuid.uuid4()))
    ),
    "progress:likely": Door("instructor", lambda s: [s.tonight.pk], shows=False),
    "progress:add": Door(
        "instructor", lambda s: [s.tonight.pk], lambda s: {"resident": s.twin.uuid}, shows=False
    ),
    "progress:screen": Door("instructor", lambda s: [s.tonight.pk], lambda s: {}),
    "progress:learners": Door("instructor", lambda s: [s.group.pk]),
    "progress:sheets": Door("instructor", lambda s: [s.group.pk]),
    "progress:stumbles": Door("instructor", lambda s: [s.group.pk]),
    "progress:skills": Door("instructor", lambda s: [s.group.pk]),
    "progress:observe": Door(
        "instructor",
        lambda s: [s.lan.uuid, s.lesson.pk],
        lambda s: {"level": "alone", "enrolment": s.lans.pk},
        shows=False,
    ),
    "progress:recheck": Door(
        "instructor",
        lambda s: [s.mais.pk],
        lambda s: {"days": 14, "outcome": "kept"},
        shows=False,
    ),
    "progress:quality": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    "progress:quality_csv": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    "progress:quality_count": Door(
        "instructor",
        lambda s: [s.campaign.pk],
        lambda s: {"place": s.commune.pk},
        shows=False,
        leads=True,
        is_shared=True,
    ),
    "progress:quality_list": Door("instructor", lambda s: [s.campaign.pk, "full"], is_shared=True),
    "progress:quality_confirm": Door(
        "instructor", lambda s: [s.lan.uuid], lambda s: {}, shows=False
    ),
    "progress:missing": Door("instructor", lambda s: [s.campaign.pk], is_shared=True),
    # Words and a page to print about whoever was ticked; nothing is changed by them.
    "progress:missing_message": Door(
        "instructor", lambda s: [s.campaign.pk], shows=False, is_shared=True
    ),
    "progress:missing_sheet": Door(
        "instructor", lambda s: [s.campaign.pk], shows=False, is_shared=True
    ),
    "progress:learner": Door("instructor", lambda s: [s.lan.uuid]),
    "progress:enrol": Door(
        "instructor",
        lambda s: [s.hoa.uuid],
        lambda s: {"class_group": s.other_group.pk, "consent": "on"},
    ),
    "progress:move": Door(
        "instructor",
        lambda s: [s.lan.uuid],
        lambda s: {"class_group": s.other_group.pk, "enrolment": s.lans.pk},
        shows=False,
    ),
    "progress:withdraw": Door(
        "instructor", lambda s: [s.lan.uuid], lambda s: {"enrolment": s.lans.pk}
    ),
    "progress:merge": Door("leader", lambda s: [s.lan.uuid], lambda s: {"duplicate": s.twin.uuid}),
    "progress:settle": Door(
        "leader", lambda s: [s.dispute.pk], lambda s: {"status": "present"}, shows=False
    ),
    "progress:decide": Door(
        "leader", lambda s: [s.waits.pk], lambda s: {"wish": "dismiss"}, shows=False
    ),
    "progress:apart": Door(
        "leader", lambda s: [s.twin.uuid, s.lan.uuid], lambda s: {}, shows=False
    ),
    "progress:explain": Door(
        "organiser", lambda s: [s.flag.pk], lambda s: {"explanation": "Chép từ giấy"}, shows=False
    ),
    "progress:paper": Door(
        "instructor", lambda s: [s.tonight.pk], lambda s: {"photo": _photograph()}
    ),
    "progress:paper_print": Door("instructor", lambda s: [s.ahead.pk], lambda s: {}, shows=False),
    "progress:paper_register": Door("instructor", lambda s: [s.sheet.code], is_plain=True),
    "progress:paper_quiz": Door("instructor", lambda s: [s.tonight.pk, s.lesson.pk], is_plain=True),
    "progress:paper_weekend": Door(
        "instructor", lambda s: [s.team.pk], lambda s: {"saturday": _saturday_of(s.ahead)}
    ),
    "progress:paper_weekend_file": Door(
        "instructor", lambda s: [s.team.pk, _saturday_of(s.tonight)], is_plain=True
    ),
    "progress:paper_scan": Door(
        "instructor", lambda s: [s.scan.uuid], lambda s: {"line-1": "present"}
    ),
    "progress:paper_line": Door("instructor", lambda s: [s.scan.uuid, 1], is_plain=True),
    "progress:paper_discard": Door(
        "instructor", lambda s: [s.scan.uuid], lambda s: {}, shows=False
    ),
    "progress:record": Door(
        "instructor",
        lambda s: [s.lan.uuid, s.lesson.pk],
        lambda s: {"help": "paper", "enrolment": s.lans.pk},
        shows=False,
    ),
    "certificates:detail": Door("instructor", lambda s: [s.certificate.number]),
    "certificates:of_resident": Door("instructor", lambda s: [s.kim.uuid], shows=False, leads=True),
    "certificates:file": Door("instructor", lambda s: [s.certificate.number], is_plain=True),
    "certificates:revoke": Door(
        "organiser", lambda s: [s.certificate.number], lambda s: {"because": "Nhầm người"}
    ),
    "certificates:correct": Door("organiser", lambda s: [s.certificate.number], lambda s: {}),
    "certificates:issue": Door("organiser", lambda s: [s.mais.pk], lambda s: {}, shows=False),
}

# Staff's pages about no one thing; they show and offer only what is one's own.
ANYWHERE = {
    "places:browse": Door("observer"),
    "people:residents": Door("instructor"),
    "people:register": Door("instructor", send=_new),
    "people:export": Door("organiser", lambda s: ["csv"]),
    "people:import_residents": Door("organiser", send=_upload, is_plain=True),
    "people:import_example": Door("organiser", lambda s: ["csv"], is_plain=True),
    "people:cards": Door("instructor"),
    "people:cards_sheet": Door("instructor", send=lambda s: {"resident": s.binh.uuid}, shows=False),
    "people:staff": Door("organiser"),
    "people:staff_add": Door(
        "organiser",
        send=lambda s: {
            "full_name": "Lê Thị Mới",
            "username": "nguoi-moi",
            "role": "instructor",
            "place": s.village.pk,
        },
    ),
    "campaigns:list": Door("observer"),
    "campaigns:new": Door(
        "organiser",
        send=lambda s: {
            "name": "Một trăm ngày nữa",
            "place": s.commune.pk,
            "first_day": timezone.localdate().isoformat(),
            "length": 100,
            "evenings_required": 3,
            "green_from": 90,
            "yellow_from": 60,
        },
        is_plain=True,
    ),
    "campaigns:clients": Door("province_organiser"),
    "campaigns:new_client": Door(
        "province_organiser",
        send=lambda s: {"name": "Kho mới", "place": s.province.pk, "per_minute": 60},
        is_plain=True,
    ),
    "campaigns:tonight": Door("instructor"),
    "campaigns:teams": Door("instructor"),
    "campaigns:my_turns": Door("instructor"),
    "campaigns:my_work": Door("instructor"),
    "campaigns:hours": Door("leader"),
    "campaigns:hours_file": Door("leader", lambda s: ["csv"]),
    "campaigns:new_team": Door("leader", send=lambda s: {"name": "Tổ mới", "place": s.village.pk}),
    "courses:figures": Door("organiser"),
    "courses:audio_report": Door("instructor", is_plain=True),
    "courses:audio_record": Door("instructor", lambda s: [s.lesson.pk], _spoken),
    "courses:variants": Door("organiser"),
    "courses:screen_report": Door(
        "instructor",
        lambda s: [s.lesson.pk, s.lesson.body[0].id],
        lambda s: {"place": s.commune.pk, "uuid": str(uuid.uuid4())},
    ),
    "courses_review": Door("author"),
    "courses_practice_picture": Door(
        "author", lambda s: ["photo", s.own_picture.photo_id], shows=False, leads=True
    ),
    "courses_settle": Door(
        "author",
        lambda s: [s.lesson.pk, s.lesson.body[0].id],
        lambda s: {},
        shows=False,
    ),
    "courses_questions": Door("author", lambda s: [s.lesson.pk], is_plain=True),
    "courses_questions_gift": Door("author", lambda s: [s.lesson.pk], is_plain=True),
    "progress:inbox": Door("leader"),
    "progress:rechecks": Door("instructor"),
    "certificates:list": Door("instructor"),
    "certificates:waiting": Door("organiser"),
    "jobs:dead": Door("operator", send=lambda s: {"job": s.dead_job.pk}, is_plain=True),
}


def our_urls(patterns=None, namespace=""):
    """Yield the name of every address that one of our views answers."""
    for entry in patterns or get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from our_urls(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern) and entry.callback.__module__.split(".")[0] in OURS:
            yield f"{namespace}{entry.name}"
