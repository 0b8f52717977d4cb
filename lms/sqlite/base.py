"""Django's SQLite backend, with the settings that keep data safe and writers in turn.

The turn is taken before the first statement that writes and given back as soon as SQLite says that
no transaction is open. So it holds for ``atomic()``, for single statements outside of it, for
errors in the middle, and for connections that are closed or forgotten.

A transaction begins IMMEDIATE: one that reads first and writes later could not be upgraded once
somebody else has written. Something that only reads, but wants one moment of the database, uses an
alias with ``"transaction_mode": "DEFERRED"``, which keeps no writer waiting.
"""

import re
import shutil
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from django.db import OperationalError
from django.db.backends.sqlite3 import base, creation

from lms.sqlite.turns import TurnError, turn_for

# A commit has reached the disk when it returns; settings may say otherwise (the tests do).
_SAFETY = ("PRAGMA synchronous = FULL", "PRAGMA journal_size_limit = 67108864")
_READS = ("SELECT", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "VALUES", "ATTACH", "DETACH")
_ENDS = ("COMMIT", "ROLLBACK", "END")
_WRITE_WORD = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def writes(statement: str) -> bool:
    """Return whether a statement may change the database, or begins a transaction that will."""
    beginning = statement.lstrip()[:16].upper()
    if beginning.startswith(_READS + _ENDS):
        return False
    if beginning.startswith("BEGIN"):
        return beginning.startswith(("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"))
    if beginning.startswith("WITH"):
        return bool(_WRITE_WORD.search(statement))
    return True


class DatabaseCreation(creation.DatabaseCreation):
    """Makes a test database from a template, and removes what was laid beside it."""

    def _create_test_db(self, verbosity, autoclobber, keepdb=False):
        name = super()._create_test_db(verbosity, autoclobber, keepdb)
        if not keepdb:
            self._remove_companions(name)
            # As on PostgreSQL: a database to copy saves each process of the tests its migrations.
            if template := self.connection.settings_dict["TEST"].get("TEMPLATE"):
                shutil.copy(template, name)
        return name

    def _destroy_test_db(self, test_database_name, verbosity):
        super()._destroy_test_db(test_database_name, verbosity)
        self._remove_companions(test_database_name)

    def _remove_companions(self, name):
        if not self.is_in_memory_db(name):
            for suffix in ("-wal", "-shm", "-turn"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = DatabaseCreation
    turn = None

    def get_connection_params(self):
        params = super().get_connection_params()
        self.transaction_mode = self.transaction_mode or "IMMEDIATE"
        self.init_commands = [*_SAFETY, *self.init_commands]
        self.patience = params.setdefault("timeout", 60)
        # A database in memory has one connection, which needs no queue.
        self.turn = None if self.is_in_memory_db() else turn_for(self.settings_dict["NAME"])
        return params

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        if self.turn and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            self._take_turn()
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            finally:
                self.turn.give_back(self)
        return connection

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=lambda connection: TurnCursor(connection, self))

    def _take_turn(self):
        try:
            self.turn.take(self, self.patience)
        except TurnError as error:
            raise OperationalError(f"database is locked: {error}") from None

    @contextmanager
    def in_turn(self, statement):
        """Hold the turn while a statement runs, and as long as it leaves a transaction open."""
        if self.turn and writes(statement) and not self.turn.held_by(self):
            self._take_turn()
        try:
            yield
        finally:
            self._settle()

    def _settle(self):
        if self.turn and self.turn.held_by(self) and not self.connection.in_transaction:
            self.turn.give_back(self)

    def _commit(self):
        try:
            super()._commit()
        finally:
            self._settle()

    def _rollback(self):
        try:
            super()._rollback()
        finally:
            self._settle()

    def _close(self):
        try:
            super()._close()
        finally:
            if self.turn:
                self.turn.give_back(self)


class TurnCursor(base.SQLiteCursorWrapper):
    """A cursor that waits for the writer's turn."""

    def __init__(self, connection, wrapper):
        super().__init__(connection)
        self._wrapper = wrapper
        self._rows = None

    def execute(self, query, params=None):
        self._rows = None
        if query.startswith("SELECT"):
            return super().execute(query, params)
        with self._wrapper.in_turn(query):
            super().execute(query, params)
            if self.description and not self.connection.in_transaction and writes(query):
                # INSERT … RETURNING outside a transaction commits with the last row that is read.
                self._rows = iter(super().fetchall())
        return self

    def executemany(self, query, param_list):
        self._rows = None
        with self._wrapper.in_turn(query):
            return super().executemany(query, param_list)

    def fetchone(self):
        return super().fetchone() if self._rows is None else next(self._rows, None)

    def fetchmany(self, size=None):
        size = self.arraysize if size is None else size
        if self._rows is None:
            return super().fetchmany(size)
        return list(islice(self._rows, size))

    def fetchall(self):
        return super().fetchall() if self._rows is None else list(self._rows)

    def __next__(self):
        return super().__next__() if self._rows is None else next(self._rows)
