"""A small practice: calling one's son, with a wrong place and a bad end."""

import copy
import json
import uuid

from courses.models import Drawing

BLOCK = "5b1a0c5e-0f3e-4a54-9d6c-5a4f3b2c1d00"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 312 416"><rect width="312" height="416" '
    'fill="{colour}"/><rect x="25" y="300" width="90" height="80" rx="16" fill="#0b4d3c"/>'
    '<rect x="200" y="300" width="90" height="80" rx="16" fill="#8c1d12"/></svg>'
)


def zone(name, at, to="", says=""):
    """Return a zone as plain data."""
    left, top, width, height = at
    return {
        "id": str(uuid.uuid5(uuid.UUID(BLOCK), name)),
        "label": name,
        "left": left,
        "top": top,
        "width": width,
        "height": height,
        "to": to,
        "says": says,
    }


LEFT, RIGHT = (8, 72, 29, 20), (64, 72, 29, 20)


def screen(name, *zones, outcome="", words="", hint=""):
    """Return a screen as plain data."""
    return {
        "name": name,
        "outcome": outcome,
        "picture": {"url": f"/{name}.svg", "alt": f"Hình {name}", "width": 312, "height": 416},
        "words": words or f"Màn hình {name}.",
        "hint": hint,
        "zones": list(zones),
    }


CALL = [
    screen(
        "chinh",
        zone("Gọi điện", LEFT, to="chuong"),
        zone("Máy ảnh", RIGHT, says="Đây là máy ảnh. Bác tìm hình ống nghe nhé."),
        words="Bác bấm vào hình ống nghe.",
        hint="Ô màu xanh, ở dưới cùng.",
    ),
    screen(
        "chuong",
        zone("Nói chuyện", LEFT, to="xong", says="Con bác nghe máy rồi."),
        zone("Đọc mã cho người lạ", RIGHT, to="mat"),
        words="Máy đang gọi. Bác bấm ô màu xanh.",
    ),
    screen("xong", outcome="done", words="Bác gọi được cho con rồi."),
    screen("mat", outcome="again", words="Người lạ biết mã của bác rồi."),
]


def call():
    """Return the practice as plain data, to be changed."""
    return copy.deepcopy(CALL)


def block_of(screens, *, block_id=BLOCK, heading="Bác thử gọi cho con"):
    """Return a practice as it lies in a lesson's body, with drawings of its own."""
    values = []
    for plain in screens:
        digest = uuid.uuid5(uuid.UUID(BLOCK), f"svg {plain['name']}").hex
        drawing, _made = Drawing.objects.get_or_create(
            digest=digest,
            defaults={
                "name": plain["name"],
                "svg": SVG.format(colour="#" + digest[:6]),
                "width": plain["picture"].get("width", 312),
                "height": plain["picture"].get("height", 416),
                "weight": 300,
            },
        )
        zones = [
            {"type": "item", "id": z["id"], "value": {k: z[k] for k in z if k != "id"}}
            for z in plain["zones"]
        ]
        value = {
            "name": plain["name"],
            "outcome": plain["outcome"],
            "picture": {"drawing": drawing.pk, "photo": None, "alt": plain["picture"]["alt"]},
            "words": plain["words"],
            "hint": plain["hint"],
            "zones": zones,
        }
        values.append({"type": "item", "id": str(uuid.uuid4()), "value": value})
    return {"type": "practice", "id": block_id, "value": {"heading": heading, "screens": values}}


def add_practice(lesson, screens=None, **how):
    """Put a practice behind the lesson's screens; return the lesson as it is stored then."""
    raw = [*lesson.body.raw_data, block_of(screens or call(), **how)]
    lesson.body = json.dumps([dict(block) for block in raw])
    lesson.save()
    return type(lesson).objects.get(pk=lesson.pk)


def drawn(draw, st):
    """Draw any list of screens: whole, broken, or odd. For hypothesis."""
    names = ["a", "b", "c", "constructor", "x-1"]
    count = draw(st.integers(1, len(names)))
    cells = [LEFT, RIGHT, (8, 40, 29, 20), (64, 40, 29, 20)]
    made = []
    for number in range(count):
        outcome = draw(st.sampled_from(["", "", "done", "again"])) if number else ""
        zones = [
            zone(
                f"Ô {number} {cell}",
                cell,
                to=draw(st.sampled_from(["", *names[:count], *names[:count], "khong-co"])),
                says=draw(st.sampled_from(["", "Không phải ô này."])),
            )
            for cell in cells[: draw(st.integers(0, 0 if outcome else 4))]
        ]
        made.append(screen(names[number], *zones, outcome=outcome))
    return made
