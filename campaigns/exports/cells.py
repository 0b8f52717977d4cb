"""Cells that no spreadsheet takes for a formula or stumbles over, and small tables of them."""

import csv
import io
from collections.abc import Iterable

from openpyxl import Workbook

from places.rules import writable

Cell = str | int | float | None


def safe(cell: Cell) -> str | int | float:
    """Keep a spreadsheet from taking somebody's text for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        cell = writable(cell)
    if isinstance(cell, str) and cell.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell


def table_file(rows: Iterable[Iterable[Cell]], title: str, kind: str) -> bytes:
    """Return a table as CSV that Excel opens as it is meant, or as XLSX."""
    guarded = [[safe(cell) for cell in row] for row in rows]
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(guarded)
        return text.getvalue().encode("utf-8-sig")
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in guarded:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
