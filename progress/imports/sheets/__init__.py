"""A photographed register is read: straightened by its marks, box by box.

Nothing here is believed: what is read are proposals, and only what leaves no doubt at all is
called certain. OpenCV is heavy, so only the tasks import this package, when there is a photograph.
"""

from progress.imports.sheets.boxes import Line
from progress.imports.sheets.page import Unreadable, straighten
from progress.imports.sheets.reading import Reading, read_sheet

__all__ = ["Line", "Reading", "Unreadable", "read_sheet", "straighten"]
