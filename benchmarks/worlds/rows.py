"""Write many rows quickly: PostgreSQL by COPY with the indexes afterwards, SQLite as it does."""

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction


class Table:
    """Rows of a model as lines of text: what is said of each, and defaults for the rest."""

    def __init__(self, model, *said: str, **constant):
        self.model, self.said = model, said
        fields = model._meta.concrete_fields
        self.columns = [field.column for field in fields]
        self.line = "\t".join(
            "%s" if field.attname in said else self._text(field, constant) for field in fields
        )
        # The fields' own order, in which ``line`` wants its values.
        order = [field.attname for field in fields if field.attname in said]
        self.order = [said.index(name) for name in order]

    @staticmethod
    def _text(field, constant):
        value = constant[field.attname] if field.attname in constant else field.get_default()
        if hasattr(value, "as_sql"):
            value = None
        value = field.get_db_prep_save(value, connection)
        if value is None:
            return r"\N"
        if isinstance(value, bool):
            return str(int(value))
        if hasattr(value, "obj"):
            # A wrapped JSON value.
            return "{}" if value.obj == {} else "[]"
        return str(value).replace("+00:00", "").replace("%", "%%")

    def lines(self, rows) -> Iterator[str]:
        line, order = self.line, self.order
        if order == sorted(order):
            return (line % row for row in rows)
        return (line % tuple(row[at] for at in order) for row in rows)


def load(table: Table, rows) -> int:
    """Write rows: by COPY, or as SQLite does it; return how many."""
    name, n = table.model._meta.db_table, 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, _without_indexes(cursor, name):
            columns = ", ".join(f'"{column}"' for column in table.columns)
            with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
                buffer = []
                for line in table.lines(rows):
                    buffer.append(line)
                    n += 1
                    if len(buffer) == 2000:
                        copy.write("\n".join(buffer) + "\n")
                        buffer.clear()
                if buffer:
                    copy.write("\n".join(buffer) + "\n")
        return n
    marks = ", ".join("?" * len(table.columns))
    columns = ", ".join(f'"{column}"' for column in table.columns)
    raw = connection.connection or (connection.ensure_connection() or connection.connection)
    lines = (
        [None if value == r"\N" else value for value in line.split("\t")]
        for line in table.lines(rows)
    )
    # Attendances name marks that nobody loads, as above.
    with connection.constraint_checks_disabled(), transaction.atomic():
        raw.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', lines)
    return table.model.objects.count()


@contextlib.contextmanager
def _without_indexes(cursor, table):
    """Drop what is not the primary key, and make it again afterwards; ask no foreign key."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype = 'u'",
        [table],
    )
    unique = cursor.fetchall()
    for name, _definition in unique:
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    cursor.execute(
        "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = %s::regclass AND NOT i.indisprimary",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
    cursor.execute("SET maintenance_work_mem = '256MB'")
    yield
    for name, definition in unique:
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
    for _name, definition in indexes:
        cursor.execute(definition)
    cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER ALL')
    cursor.execute(
        "SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'id'"
        " AND attidentity <> ''",
        [table],
    )
    if cursor.fetchone():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f' (SELECT max(id) FROM "{table}"))'
        )
