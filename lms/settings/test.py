"""The tests: quick password hashes, no network, SQLite unless the environment says otherwise."""

import os
import tempfile
from pathlib import Path

# The tests never touch the data of the product that runs beside them.
os.environ.setdefault("TRAMNGAY_DATA", tempfile.mkdtemp(prefix="tramngay-test-"))

from lms.settings.base import *
from lms.settings.base import DATABASES, PAGES, STORAGES

DATA_DIR = Path(os.environ["TRAMNGAY_DATA"])
SECRET_KEY = "only-for-tests-" + "0123456789" * 4
DEBUG = False
DEMO_ALLOWED = True
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES["default"] = STORAGES["certificates"] = STORAGES["facts"] = {
    "BACKEND": "django.core.files.storage.InMemoryStorage"
}
WAGTAIL_AUTOSAVE_INTERVAL = 0
WHITENOISE_AUTOREFRESH = True

# A file as on the laptop, so that threads and processes meet as they do there; never flushed.
DATABASES["default"]["OPTIONS"] = {"init_command": "PRAGMA synchronous = OFF"}
DATABASES["default"]["TEST"] = {
    "NAME": str(DATA_DIR / "test.sqlite3"),
    "TEMPLATE": os.environ.get("TRAMNGAY_TEST_TEMPLATE"),
}
if os.environ.get("TRAMNGAY_TEST_DATABASE") == "postgresql":
    DATABASES["default"] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "tramngay"),
        "USER": os.environ.get("PGUSER", "tramngay"),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        "HOST": os.environ.get("PGHOST", "127.0.0.1"),
        "PORT": os.environ.get("PGPORT", "5432"),
    }
# The processes of the suite run side by side: two numbered Redis databases for each of them.
REDIS_URL = os.environ.get("TRAMNGAY_TEST_REDIS", "")
if REDIS_URL:
    _OURS = 2 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    BROKER_URL = f"{REDIS_URL}/{_OURS + 1}"
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"{REDIS_URL}/{_OURS}",
        },
        "pages": PAGES,
    }
