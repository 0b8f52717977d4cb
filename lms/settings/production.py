"""A province's servers: PostgreSQL, Redis, Celery; everything that differs comes from outside.

docs/operations.md lists the variables. Nothing starts while a needed one is missing.
"""

import os

from lms.settings import environment

# Read by ``base``, where a laptop has a default for each.
os.environ["TRAMNGAY_DATA"] = environment.required(
    "TRAMNGAY_DATA", "the folder for uploads and certificates, shared by all hosts"
)
os.environ["TRAMNGAY_ADDRESS"] = environment.required(
    "TRAMNGAY_ADDRESS", "where people find the site, e.g. https://tramngay.example.vn"
)

from lms.settings.base import *
from lms.settings.base import PAGES, SITE_ADDRESS

environment.address("TRAMNGAY_ADDRESS", SITE_ADDRESS, "https")

DEBUG = False
DEMO_ALLOWED = False
SECRET_KEY = environment.required("TRAMNGAY_SECRET_KEY", "at least 50 random characters")
ALLOWED_HOSTS = environment.words("TRAMNGAY_HOSTS", "the host names of the site, with commas")
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS]

# How many proxies of our own stand before the web server; with a wrong number a whole province
# shares one address, or a stranger makes up his own.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("TRAMNGAY_PROXIES", 1)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATABASES = {
    "default": {
        **environment.database(
            "TRAMNGAY_DATABASE", "postgresql://user:password@host:5432/name of the database"
        ),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": environment.number("TRAMNGAY_DATABASE_CONNECTIONS", 10),
                "timeout": 10,
            },
        },
    }
}

# Redis wakes the workers and counts sign-ins; the truth is in the database. The counts must be
# shared by all hosts and must not be evicted.
_REDIS = environment.required("TRAMNGAY_REDIS", "redis://host:6379/0, with noeviction")
environment.address("TRAMNGAY_REDIS", _REDIS, "redis", "rediss", "unix")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": environment.given("TRAMNGAY_CACHE") or _REDIS,
        "KEY_PREFIX": "tramngay",
    },
    "pages": PAGES,
}
# Read from Redis, kept in the database: a Redis that starts empty signs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

JOBS_WAKE = "lms.celery.wake"
CELERY_BROKER_URL = _REDIS
CELERY_BROKER_CONNECTION_TIMEOUT = 3
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3, "socket_keepalive": True}
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker that hangs is ended; its job is leased to another one.
CELERY_TASK_TIME_LIMIT = 2 * 60 * 60

# Only https, now and next year.
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = environment.number("TRAMNGAY_HSTS_SECONDS", 365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-tramngay"
SILENCED_SYSTEM_CHECKS = [
    # Authors' previews are frames of our own site.
    "security.W019",
    # Being built into browsers is asked for by who owns the whole domain, not by one of its sites.
    "security.W021",
]

# Who sees a whole commune's people, or publishes for all, shows a second factor
# (people.roles.NEEDS_SECOND_FACTOR).
SECOND_FACTOR_ROLES = ["province_organiser", "commune_organiser", "reviewer"]

# Mail is sent only for forgotten passwords; without a server there is none.
_MAIL = environment.given("TRAMNGAY_MAIL")
if _MAIL:
    _PARTS = environment.address("TRAMNGAY_MAIL", _MAIL, "smtp", "smtps")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _PARTS.hostname, _PARTS.port or 587
    EMAIL_HOST_USER = environment.unquote(_PARTS.username or "")
    EMAIL_HOST_PASSWORD = environment.unquote(_PARTS.password or "")
    EMAIL_USE_SSL = _PARTS.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL
    DEFAULT_FROM_EMAIL = environment.required("TRAMNGAY_MAIL_FROM", "the sender of its mails")
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
