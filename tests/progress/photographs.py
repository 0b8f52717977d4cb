"""Registers ticked by imagined hands and photographed by imagined phones.

A printed page is drawn once; everything else happens to its picture: pens, folds, a table under it,
the angle of the phone, the shadow of whoever holds it, a blurred lens, the phone's own JPEG.
"""

import datetime as dt
import math
import subprocess
from dataclasses import dataclass, field
from types import SimpleNamespace

import cv2
import numpy as np
from django.utils import translation

from people.pdf import render
from progress.pdf.registers import register_css, register_pages
from progress.rules import STATUSES
from progress.services import paper_form as form

PEOPLE = [f"Nguyễn Thị Hòa {number}" for number in range(form.ROWS - form.SPARE)]
DOTS_PER_INCH = 150
DOT = DOTS_PER_INCH / 25.4
# How lines are filled in, and how often.
HABITS = {
    "one": 0.80,
    "nothing": 0.07,
    "two": 0.03,
    "corrected": 0.03,
    "scribbled": 0.02,
    "faint": 0.03,
    "from below": 0.02,
}
# Lines about which only a human can say something.
DOUBTFUL = {"nothing", "two", "corrected", "scribbled", "from below"}


@dataclass
class Truth:
    """What the imagined hand did on a page."""

    habits: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    # Line by line, which boxes have ink that was meant for them.
    ticked: list[tuple[bool, ...]] = field(default_factory=list)


def page_picture(pdf: bytes, page: int = 1) -> np.ndarray:
    """Return a page of a PDF as the printer makes it, in grey."""
    command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", "-f", str(page), "-l", str(page)]
    answer = subprocess.run([*command, "-"], input=pdf, capture_output=True, check=True, timeout=60)
    return cv2.imdecode(np.frombuffer(answer.stdout, np.uint8), cv2.IMREAD_GRAYSCALE)


def printed_page() -> bytes:
    """Return a register page of the product's own making, without any database."""
    village = SimpleNamespace(full_name="thôn Cao Xá")
    people = {
        number: SimpleNamespace(full_name=name, village=village, shown_birth_year="1950")
        for number, name in enumerate(PEOPLE, start=1)
    }
    session = SimpleNamespace(
        class_group=SimpleNamespace(name="Lớp tối thứ bảy", venue=None),
        place=SimpleNamespace(label="thôn Cao Xá, xã Lâm Thao"),
        starts_at=dt.datetime(2026, 11, 21, 19, 0),
        ends_at=dt.datetime(2026, 11, 21, 20, 30),
    )
    sheet = SimpleNamespace(code=1234567890, rows=list(people), session=session)
    files = {}
    with translation.override("vi"):
        html = f'<html lang="vi"><title>.</title>{register_pages(sheet, people, files)[0]}</html>'
        return render(html, css=register_css(), files=files)


def on_table(page: np.ndarray, table: int = 90) -> bytes:
    """Return a plain photograph, from straight above, of whatever lies on a table."""
    height, width = page.shape
    photo = np.full((round(height * 1.1), round(width * 1.1)), table, np.uint8)
    photo[round(height * 0.05) :, round(width * 0.05) :][:height, :width] = page
    return cv2.imencode(".jpg", photo)[1].tobytes()


def fill_in(page: np.ndarray, luck: np.random.Generator, habits=HABITS) -> tuple:
    """Return the page with every line filled in by one hand, and what was meant."""
    page, truth = page.copy(), Truth()
    pen = _Pen(luck)
    names, weights = list(habits), np.array(list(habits.values()))
    before = ""
    for row in range(form.ROWS):
        habit = str(luck.choice(names, p=weights / weights.sum()))
        if before == "from below":
            habit = "one"
        column = int(luck.choice(4, p=(0.62, 0.12, 0.1, 0.16)))
        other = (column + int(luck.integers(1, 4))) % 4
        ticked = [False] * 4
        if habit in ("one", "two", "corrected", "faint"):
            pen.tick(page, row, column, faint=habit == "faint")
            ticked[column] = True
        if habit == "two":
            pen.tick(page, row, other)
        if habit in ("corrected", "scribbled"):
            pen.scribble(page, row, other)
        if habit in ("two", "corrected", "scribbled"):
            ticked[other] = True
        if before == "from below":
            # A tall tick whose end reaches into the empty line above.
            pen.reach_up(page, row, column)
        before = habit
        truth.habits.append(habit)
        truth.statuses.append(STATUSES[column] if habit in ("one", "faint", "corrected") else "")
        truth.ticked.append(tuple(ticked))
    return page, truth


class _Pen:
    """A hand with a pen: some tick, some cross; thick or thin, black, blue or pencil."""

    def __init__(self, luck):
        self.luck = luck
        self.width = luck.uniform(0.35, 1.1)
        self.grey = luck.uniform(15, 95)
        self.kind = luck.choice(["tick", "cross", "both"])
        self.swing = luck.uniform(0.8, 1.25)

    def tick(self, page, row, column, faint=False):
        luck = self.luck
        left, top = form.box(row, column)
        x, y = left + form.BOX / 2 + luck.normal(0, 0.5), top + form.BOX / 2 + luck.normal(0, 0.5)
        size = form.BOX / 2 * self.swing * luck.uniform(0.75, 1.05)
        kind = self.kind if self.kind != "both" else luck.choice(["tick", "cross"])
        if kind == "tick":
            strokes = [[(-0.8, 0.0), (-0.25, 0.7), (0.9, -0.95)]]
        else:
            strokes = [[(-0.8, -0.8), (0.8, 0.8)], [(0.8, -0.8), (-0.8, 0.8)]]
        grey = luck.uniform(175, 205) if faint else self.grey
        for stroke in strokes:
            points = [
                (x + size * (u + luck.normal(0, 0.07)), y + size * (v + luck.normal(0, 0.07)))
                for u, v in stroke
            ]
            self._draw(page, points, grey, self.width * (0.7 if faint else 1))

    def scribble(self, page, row, column):
        left, top = form.box(row, column)
        low, high = -0.3, form.BOX + 0.3
        points = []
        for n in range(int(self.luck.integers(14, 24))):
            across = low if n % 2 else high
            along = low + (high - low) * n / 16 % (high - low)
            points.append((left + across, top + along + self.luck.normal(0, 0.3)))
        self._draw(page, points, self.grey, max(self.width, 0.6))

    def reach_up(self, page, row, column):
        left, top = form.box(row, column)
        x = left + form.BOX / 2
        end = top - (form.ROW_HEIGHT - form.BOX) - self.luck.uniform(0.5, 3.2)
        self._draw(page, [(x, top + form.BOX * 0.6), (x + 1.6, end)], self.grey, self.width)

    def _draw(self, page, points, grey, width):
        dots = np.array([(x * DOT * 8, y * DOT * 8) for x, y in points]).round().astype(np.int32)
        layer = np.full(page.shape, 255, np.uint8)
        thickness = max(1, round(width * DOT))
        cv2.polylines(layer, [dots], False, float(grey), thickness, cv2.LINE_AA, shift=3)
        np.minimum(page, layer, out=page)


def photograph(page: np.ndarray, luck: np.random.Generator) -> bytes:
    """Return the JPEG that a phone makes of a page on a table."""
    height, width = page.shape
    paper = _bend(page, luck)
    long = int(luck.integers(1400, 1801))
    tall, wide = (long, round(long * 0.75))
    photo = _table(tall, wide, luck)
    quad = _corners(width, height, wide, tall, luck)
    inside = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(inside, quad)
    cv2.warpPerspective(paper, matrix, (wide, tall), photo, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    photo = photo.astype(np.float32) * _light(tall, wide, luck)
    photo = _lens(photo, luck)
    grain = cv2.resize(
        luck.uniform(1, 7) * luck.standard_normal((tall // 2, wide // 2), dtype=np.float32),
        (wide, tall),
        interpolation=cv2.INTER_LINEAR,
    )
    photo = np.clip(photo + grain, 0, 255).astype(np.uint8)
    photo = np.rot90(photo, int(luck.integers(4)))
    quality = int(luck.integers(40, 90))
    return cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _bend(page, luck):
    """Return the page as paper that does not lie quite flat."""
    height, width = page.shape
    most = luck.uniform(0, 1.0) * DOT
    phase, waves = luck.uniform(0, math.tau), luck.uniform(0.4, 1.0)
    y, x = (np.arange(side, dtype=np.float32) for side in (height, width))
    bend = most * np.sin(phase + math.tau * waves * y / height)
    lift = most * 0.7 * np.sin(phase + math.tau * waves * x / width)
    across = (x[None, :] + bend[:, None]).astype(np.float32)
    down = (y[:, None] + lift[None, :]).astype(np.float32)
    return cv2.remap(page, across, down, cv2.INTER_LINEAR, borderValue=255)


def _table(tall, wide, luck):
    """Return a table: dark wood, a light cloth."""
    grain = luck.normal(0, 1, (tall // 8 + 1, 4)).astype(np.float32)
    wood = cv2.resize(grain, (wide, tall), interpolation=cv2.INTER_CUBIC)
    return np.clip(luck.uniform(40, 190) + 14 * wood, 0, 255).astype(np.uint8)


def _corners(width, height, wide, tall, luck):
    """Return where the corners of the page come to lie: turned, and seen at an angle."""
    scale = min(wide / width, tall / height) * luck.uniform(0.86, 0.95)
    turn = math.radians(luck.uniform(-5, 5))
    quad = []
    for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = u * width / 2 * scale, v * height / 2 * scale
        x, y = (
            x * math.cos(turn) - y * math.sin(turn),
            x * math.sin(turn) + y * math.cos(turn),
        )
        # Only inwards: the whole page is on the photo.
        x -= u * luck.uniform(0, 0.10) * width * scale
        y -= v * luck.uniform(0, 0.07) * height * scale
        quad.append((wide / 2 + x, tall / 2 + y))
    return np.array(quad, np.float32)


def _light(tall, wide, luck):
    """Return how much light falls where: a lamp on one side, and the shadow of a hand."""
    size, (tall, wide) = (wide, tall), (tall // 4, wide // 4)
    y, x = np.mgrid[0:tall, 0:wide].astype(np.float32)
    angle = luck.uniform(0, math.tau)
    along = (x / wide - 0.5) * math.cos(angle) + (y / tall - 0.5) * math.sin(angle)
    light = luck.uniform(0.55, 1.0) * (1 + luck.uniform(0, 0.5) * along)
    if luck.random() < 0.6:
        edge = luck.uniform(-0.4, 0.4)
        angle = luck.uniform(0, math.tau)
        across = (x / wide - 0.5) * math.cos(angle) + (y / tall - 0.5) * math.sin(angle) - edge
        soft = luck.uniform(0.002, 0.15)
        shade = 1 / (1 + np.exp(np.clip(across / soft, -30, 30)))
        light = light * (1 - luck.uniform(0.2, 0.55) * shade)
    return cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)


def _lens(photo, luck):
    blur = luck.uniform(0, 1.6)
    if blur > 0.3:
        photo = cv2.GaussianBlur(photo, (0, 0), blur)
    if luck.random() < 0.25:
        # The hand moved.
        length = int(luck.integers(2, 6))
        kernel = np.zeros((length, length), np.float32)
        np.fill_diagonal(kernel if luck.random() < 0.5 else np.fliplr(kernel), 1 / length)
        photo = cv2.filter2D(photo, -1, kernel)
    return photo
