"""A commune's laptop: one SQLite file, no broker, the demo world allowed."""

import os

from django.core.management.utils import get_random_secret_key

from lms.settings.base import *
from lms.settings.base import DATA_DIR, STORAGES

DEBUG = os.environ.get("TRAMNGAY_DEBUG") == "1"
DEMO_ALLOWED = True
ALLOWED_HOSTS = ["*"]


def _secret_key() -> str:
    """Make this laptop's own key on the first start and keep it beside the data."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = _secret_key()
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# Passkeys on http://127.0.0.1, which browsers trust as they do https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
