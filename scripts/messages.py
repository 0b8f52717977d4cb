"""The catalogues of words: collect them, compile them, and check that nothing is missing.

python scripts/messages.py compile   .po → .mo without gettext, only where a .po has changed
python scripts/messages.py collect   gather every word of the screens (needs gettext)
python scripts/messages.py check     fail when a word is not collected or not translated
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "lms" / "locale"
PLURALS = {"vi": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
LANGUAGES = tuple(PLURALS)
IGNORED = ("var", ".venv", "static", "tests", "benchmarks", "scripts")


def compile_catalogues() -> None:
    """Compile what has changed; a reader never sees half a file."""
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        scratch = target.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(scratch))
        scratch.replace(target)


def collect(into: Path = LOCALE) -> None:
    """Gather the words of templates and code into the catalogues below ``into``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    import django  # noqa: PLC0415 - needs the path and the settings above
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    settings.LOCALE_PATHS = [str(into)]
    for language in LANGUAGES:
        (into / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    call_command(
        "makemessages",
        locale=list(LANGUAGES),
        extensions=["html", "txt", "py"],
        ignore_patterns=[*IGNORED, *([] if into == LOCALE else ["lms/locale"])],
        no_obsolete=True,
        no_location=True,
        verbosity=0,
    )
    for language in LANGUAGES:
        _tidy(into / language / "LC_MESSAGES" / "django.po", language)


def _tidy(path: Path, language: str) -> None:
    """Sort the words, drop guesses, and let English say what the code says."""
    catalogue = polib.pofile(str(path), wrapwidth=100)
    catalogue.metadata = {
        "Project-Id-Version": "tramngay",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
            entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
        if language == "en" and entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        elif language == "en":
            entry.msgstr = entry.msgid
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue.save(str(path))


def check() -> int:
    """Say what is not collected, no longer used, or not translated."""
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        shutil.copytree(LOCALE, fresh, dirs_exist_ok=True)
        collect(into=fresh)
        for language in LANGUAGES:
            name = Path(language) / "LC_MESSAGES" / "django.po"
            if not (LOCALE / name).exists():
                problems.append(f"{language}: there is no catalogue")
                continue
            kept, used = polib.pofile(str(LOCALE / name)), polib.pofile(str(fresh / name))
            known = {(e.msgctxt, e.msgid) for e in kept if not e.obsolete}
            needed = {(e.msgctxt, e.msgid) for e in used if not e.obsolete}
            problems += [f"{language}: not collected: {word!r}" for _, word in needed - known]
            problems += [f"{language}: no longer used: {word!r}" for _, word in known - needed]
            problems += [
                f"{language}: not translated: {entry.msgid!r}"
                for entry in kept
                if not entry.obsolete and (not entry.translated() or entry.fuzzy)
            ]
    for problem in sorted(problems):
        print(problem)
    if problems:
        print(f"{len(problems)} problems; `make messages` collects, then translate in lms/locale.")
    return bool(problems)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            compile_catalogues()
        case ["collect"]:
            collect()
            compile_catalogues()
        case ["check"]:
            sys.exit(check())
        case _:
            sys.exit(__doc__)
