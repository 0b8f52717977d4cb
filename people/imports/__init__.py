"""Lists of residents come in: guarded, read, judged row by row, loaded whole or not at all."""

from people.imports.guard import refuse_bombs
from people.imports.reader import read_rows
from people.imports.residents import (
    Plan,
    Row,
    forget_old_lists,
    load,
    plan_import,
    store_file,
)

__all__ = [
    "Plan",
    "Row",
    "forget_old_lists",
    "load",
    "plan_import",
    "read_rows",
    "refuse_bombs",
    "store_file",
]
