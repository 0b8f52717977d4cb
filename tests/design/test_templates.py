"""Templates keep the house rules that a strict content policy and old eyes ask for."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "lms" / "static"
PAPER = ("pdf", "print")  # what WeasyPrint turns into paper never meets a browser's policy
SCREENS = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if not any(word in path.stem.split("_") for word in PAPER)
)
TEXTS = {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in SCREENS}


def where(pattern: str, flags: int = re.IGNORECASE) -> list[str]:
    return [name for name, text in TEXTS.items() if re.search(pattern, text, flags)]


def test_no_screen_holds_a_style():
    assert where(r"<style\b|\sstyle\s*=") == []


def test_no_screen_holds_a_script_of_its_own():
    assert where(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")") == []


def test_no_screen_holds_a_handler():
    assert where(r"\s(on[a-z]+|hx-on[:\w-]*)\s*=\s*[\"']") == []
    assert where(r"[\"']javascript:") == []


def test_every_icon_that_a_template_names_is_there():
    named = {
        (name, icon)
        for name, text in TEXTS.items()
        for icon in re.findall(r"\"icons/([\w-]+\.svg)\"", text)
        + [
            f"{icon}.svg"  # Wagtail's own components have icons of their own
            for icon in re.findall(r"\"components/[^%]*\bicon=\"([\w-]+)\"", text)
        ]
    }
    missing = {(name, icon) for name, icon in named if not (TEMPLATES / "icons" / icon).exists()}
    assert named
    assert missing == set()


@pytest.mark.parametrize("icon", sorted((TEMPLATES / "icons").glob("*.svg")), ids=lambda i: i.stem)
def test_an_icon_is_silent_and_takes_the_colour_of_its_text(icon):
    text = icon.read_text("utf-8")
    assert 'aria-hidden="true"' in text
    assert "currentColor" in text
    assert "<!--" not in text


def test_every_static_file_that_a_template_names_is_there():
    missing = {
        (name, file)
        for name, text in TEXTS.items()
        for file in re.findall(r"\{% static \"(lms/[^\"]+)\" %\}", text)
        if not (STATIC / file).exists()
    }
    assert missing == set()


def test_every_picture_has_words_or_says_that_it_needs_none():
    assert where(r"<img\b(?![^>]*\balt=)") == []


def test_every_template_can_be_read_by_the_engine():
    for name in TEXTS:
        get_template(name)


def test_the_manifest_names_icons_that_are_there():
    manifest = json.loads((STATIC / "lms" / "site.webmanifest").read_text("utf-8"))
    assert manifest["icons"]
    for icon in manifest["icons"]:
        assert (STATIC / "lms" / icon["src"]).exists()


def test_pictures_carry_no_script_and_reach_nowhere():
    for picture in (STATIC / "lms" / "img").glob("*.svg"):
        text = picture.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"<script|\son\w+=|https?:|href=", text), picture.name
