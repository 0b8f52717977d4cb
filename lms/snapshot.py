"""One moment of the database, for whoever compares or exports a lot of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from lms.sqlite.base import DatabaseWrapper as SQLite


@contextmanager
def snapshot() -> Iterator[None]:
    """Let every query inside read the same moment, while writers go on writing.

    Nothing may be written inside. Within a transaction that is already open the moment is that
    transaction's own.
    """
    if connection.in_atomic_block:
        yield
    elif isinstance(laptop := connections[DEFAULT_DB_ALIAS], SQLite):
        laptop.ensure_connection()
        mode, laptop.transaction_mode = laptop.transaction_mode, "DEFERRED"
        try:
            _only_read(True)
            with transaction.atomic():
                yield
        finally:
            laptop.transaction_mode = mode
            _only_read(False)
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _only_read(switch: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA query_only = {'ON' if switch else 'OFF'}")
