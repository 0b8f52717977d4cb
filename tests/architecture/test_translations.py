"""Every word that a person may read exists in Vietnamese and in English."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OURS = ("lms", "certificates", "progress", "campaigns", "courses", "people", "places", "jobs")
CATALOGUES = {
    language: ROOT / "lms/locale" / language / "LC_MESSAGES/django.po"
    for language, _name in settings.LANGUAGES
}
# Holds a few attributes, to be put into a tag, and no words.
ATTRIBUTES = ROOT / "templates/courses/_heard.html"
TEMPLATES = sorted({*(ROOT / "templates").rglob("*.html")} - {ATTRIBUTES})
MODULES = sorted(
    path
    for app in OURS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "commands" not in path.parts
)

# Names that are the same in every language.
NAMES = {"Trăm Ngày", "Tiếng Việt", "English", "QR", "PDF", "CSV", "XLSX", "Excel", "km²", "A", "N"}


def entries(language):
    return polib.pofile(str(CATALOGUES[language]))


def key(entry):
    return (entry.msgctxt, entry.msgid)


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_entry_is_translated(language):
    missing = [entry.msgid for entry in entries(language) if not entry.translated()]

    assert missing == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_names_the_same_values(language):
    wrong = [
        entry.msgid
        for entry in entries(language)
        for text in ([entry.msgstr] if entry.msgstr else entry.msgstr_plural.values())
        if not values(text) <= values(entry.msgid + (entry.msgid_plural or ""))
        or (not entry.msgid_plural and values(text) != values(entry.msgid))
    ]

    assert wrong == []


def values(text):
    return set(re.findall(r"%\((\w+)\)[sd]", text))


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_catalogue_holds_every_string_of_the_code(language, tmp_path):
    for part in (*OURS, "templates", "manage.py"):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(
                source,
                tmp_path / part,
                ignore=shutil.ignore_patterns("locale", "__pycache__", "static", "data", "*.ttf"),
            )
        else:
            shutil.copy(source, tmp_path / part)
    (tmp_path / "lms/locale").mkdir()
    command = ["makemessages", "-l", language, "--no-location", "--no-wrap", "-v0"]
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "TRAMNGAY_DATA": str(tmp_path / "var"), "LANG": "C.UTF-8"},
    )
    found = polib.pofile(str(tmp_path / "lms/locale" / language / "LC_MESSAGES/django.po"))

    assert {key(entry) for entry in found} == {key(entry) for entry in entries(language)}


# Vietnamese whoever prints it, and worded by its design's version: a changed translation must not
# change what an issued certificate would say.
FROZEN = {ROOT / "templates/certificates/paper/certificate.html"}


@pytest.mark.parametrize(
    "template",
    [template for template in TEMPLATES if template not in FROZEN],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_template_has_no_words_outside_the_catalogue(template):
    text = template.read_text()
    for silent in (
        r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->",
        r"{%\s*blocktranslate.*?endblocktranslate\s*%}",
        # The class names of the body are written between two tags.
        r"{%\s*block (?:main_class|body_attrs|face)\s*%}.*?{%\s*endblock.*?%}",
        r"{%.*?%}|{{.*?}}",
        # Code, and samples of what a file looks like.
        r"<(script|style|code|pre)\b.*?</\1>",
    ):
        text = re.sub(silent, "", text, flags=re.S)
    spoken = re.findall(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"', text)
    # The attributes of a tag that another template opens.
    text = re.sub(r'\bdata-[\w-]+="[^"]*"', "", text)
    text = re.sub(r"<[^>]*>|&#?\w+;", "\n", text, flags=re.S)

    words = {line.strip(" ·—–|:,.") for line in [*text.splitlines(), *spoken]}

    assert {line for line in words if re.search(r"[^\W\d_]{2,}", line)} <= NAMES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_long_translations_in_templates_are_trimmed(template):
    assert not re.search(r"{%\s*blocktranslate(?![^%]*\btrimmed\b)", template.read_text())


# Arguments that people read.
READ = {"label", "help_text", "verbose_name", "verbose_name_plural", "empty_label"}
# Calls whose first argument people read.
SPEAKING = {"ValidationError", "success", "error", "warning", "info"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_nothing_untranslated(module):
    untranslated = [
        (node.lineno, argument.value)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call)
        for argument in read_arguments(node)
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value
    ]

    assert untranslated == []


def read_arguments(call):
    yield from (keyword.value for keyword in call.keywords if keyword.arg in READ)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    on_logger = isinstance(call.func, ast.Attribute) and "log" in ast.unparse(call.func.value)
    if name in SPEAKING and not on_logger and call.args:
        yield (
            call.args[1] if "messages" in ast.unparse(call.func) and call.args[1:] else call.args[0]
        )
