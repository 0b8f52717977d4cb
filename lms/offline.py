"""What makes a learner's phone work without network: the worker's script and an empty page.

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
OUTBOX = HERE / "static" / "lms" / "js" / "outbox.js"
WORKER = HERE / "worker.js"
# What the pages that are kept load, and what those scripts load in turn.
SCRIPTS = ("listen", "look", "outbox", "offline", "player", "judge", "practice")
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
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponse(_page(language))
    response["Cache-Control"] = "public, no-cache"
    response["Content-Language"] = language
    return response


@cache
def version() -> str:
    """Return the digest of everything that must be of one version."""
    digest = hashlib.sha256()
    for language, _name in settings.LANGUAGES:
        digest.update(_bare_page(language).encode())
    digest.update("\n".join(_static_files()).encode())
    for source in (OUTBOX, WORKER):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _script() -> str:
    languages = [language for language, _name in settings.LANGUAGES]
    page = reverse("offline")
    config = {
        "version": version(),
        "languages": languages,
        "home": reverse("progress:learn"),
        "lessons": reverse("progress:resume", args=[0]).removesuffix("0/"),
        "offline": page,
        "shell": [*(f"{page}?lang={language}" for language in languages), *_static_files()],
    }
    outbox = re.sub(r"^export ", "", OUTBOX.read_text(), flags=re.MULTILINE)
    # Asked for with every visit: without what is only said to programmers.
    lines = (line.strip() for line in f"{outbox}\n{WORKER.read_text()}".split("\n"))
    spoken = "\n".join(line for line in lines if not line.startswith(("//", "/**", "* ", "*/")))
    return f"const CONFIG = {json.dumps(config)};\n{spoken}"


def _page(language: str) -> str:
    return _bare_page(language).replace("{version}", version())


@cache
def _bare_page(language: str) -> str:
    with translation.override(language):
        return render_to_string("lms/offline.html", {"is_anonymous": True, "version": "{version}"})


@cache
def _static_files() -> list[str]:
    pages = "".join(_bare_page(language) for language, _name in settings.LANGUAGES)
    scripts = [static(f"lms/js/{name}.js") for name in SCRIPTS]
    return sorted({*_STATIC.findall(pages), *scripts})
