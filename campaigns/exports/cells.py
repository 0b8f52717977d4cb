"""Cells that no spreadsheet takes for a formula or stumbles over."""

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
