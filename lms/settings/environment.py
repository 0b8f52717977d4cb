"""What a server is told by its environment; what is missing is named, with what it is for.

Each value may also stand in a file, as servers keep secrets: ``TRAMNGAY_SECRET_KEY_FILE=/run/…``.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def given(name: str) -> str | None:
    """Return what the environment says, or what stands in the file that it names."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE: không đọc được tệp / the file cannot be read: {error.strerror}"
            ) from None
    return os.environ.get(name, "").strip() or None


def required(name: str, purpose: str) -> str:
    """Return a value without which the product must not start."""
    value = given(name)
    if value is None:
        raise ImproperlyConfigured(
            f"Thiếu biến môi trường / missing in the environment: {name} (or {name}_FILE)\n"
            f"    {purpose}"
        )
    return value


def words(name: str, purpose: str) -> list[str]:
    """Return a required list, written with commas."""
    return [word.strip() for word in required(name, purpose).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    value = given(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}: phải là số / must be a number, not {value!r}")
    return int(value)


def address(name: str, value: str, *schemes: str):
    """Take an address apart, and refuse one of another kind without repeating its password."""
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        kinds = ", ".join(f"{scheme}://…" for scheme in schemes)
        raise ImproperlyConfigured(f"{name}: phải có dạng / must look like {kinds}")
    return parts


def database(name: str, purpose: str) -> dict:
    """Return Django's way of writing ``postgresql://user:password@host:5432/name``."""
    parts = address(name, required(name, purpose), "postgresql", "postgres")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }
