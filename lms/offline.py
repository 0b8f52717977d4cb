"""What makes phones work without network: the worker's script and pages that are nobody's.

A learner's phone keeps a page that lists lessons; a volunteer's one on which a whole evening is
noted down, too.

The script's version is a digest of everything that belongs together, so that a phone changes from
one version to the next in one step. Templates and scripts do not change while a server runs.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

HERE = Path(__file__).parent
FILES = HERE / "static"
OUTBOX = FILES / "lms" / "js" / "outbox.js"
WORKER = HERE / "worker.js"
# What the pages that are kept load, and what those scripts load in turn.
SCRIPTS = ("listen", "look", "outbox", "offline", "player", "judge", "practice")
# What an evening's page loads when it is wanted, and what is loaded in turn.
EVENING = ("lms/js/evening/*.js", "vendor/**/*.js", "vendor/**/*.wasm")
# A worker lives under the policy of its own script.
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@login_not_required
@require_safe
def service_worker(request):
    """Send the worker's script, with the outbox and the addresses of this version before it."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, no-cache"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
@require_safe
def offline(request):
    """Send the page for a phone without network; what it shows stands on the phone."""
    return _send("lms/offline.html", request)


@login_not_required
@require_safe
def evening(request):
    """Send the page on which a volunteer notes an evening down; all of it stands on the phone."""
    return _send("lms/evening.html", request)


def _send(template, request):
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponse(_bare_page(template, language).replace("{version}", version()))
    response["Cache-Control"] = "public, no-cache"
    response["Content-Language"] = language
    return response


@cache
def version() -> str:
    """Return the digest of everything that must be of one version."""
    digest = hashlib.sha256()
    for template in ("lms/offline.html", "lms/evening.html"):
        for language, _name in settings.LANGUAGES:
            digest.update(_bare_page(template, language).encode())
    digest.update("\n".join(_shell()).encode())
    for source in (OUTBOX, WORKER):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _script() -> str:
    config = {
        "version": version(),
        "languages": _languages(),
        "home": reverse("progress:learn"),
        "lessons": reverse("progress:resume", args=[0]).removesuffix("0/"),
        "offline": reverse("offline"),
        "shell": _shell(),
        # For the phones of volunteers only.
        "register": reverse("progress:register", args=[0]).replace("0", "(\\d+)"),
        "evening": reverse("evening"),
    }
    outbox = re.sub(r"^export ", "", OUTBOX.read_text(), flags=re.MULTILINE)
    # Asked for with every visit: without what is only said to programmers.
    lines = (line.strip() for line in f"{outbox}\n{WORKER.read_text()}".split("\n"))
    spoken = "\n".join(line for line in lines if not line.startswith(("//", "/**", "* ", "*/")))
    return f"const CONFIG = {json.dumps(config)};\n{spoken}"


@cache
def _bare_page(template: str, language: str) -> str:
    with translation.override(language):
        context = {"is_anonymous": True, "version": "{version}", "files": _evening_files()}
        return render_to_string(template, context)


def _languages() -> list[str]:
    return [language for language, _name in settings.LANGUAGES]


def _pages(page: str) -> list[str]:
    return [f"{page}?lang={language}" for language in _languages()]


def _static_files(template: str) -> set[str]:
    return set(_STATIC.findall("".join(_bare_page(template, each) for each in _languages())))


@cache
def _shell() -> list[str]:
    scripts = [static(f"lms/js/{name}.js") for name in SCRIPTS]
    return [*_pages(reverse("offline")), *sorted({*_static_files("lms/offline.html"), *scripts})]


@cache
def _evening_files() -> list[str]:
    """Return what an evening's page loads later; the worker keeps whatever stands on the page."""
    found = [path.relative_to(FILES) for pattern in EVENING for path in FILES.glob(pattern)]
    return sorted(static(path.as_posix()) for path in found)
