"""One photograph, read."""

from dataclasses import dataclass

import cv2
import numpy as np

from progress.imports.sheets.boxes import Line, read_lines
from progress.imports.sheets.page import Unreadable, straighten
from progress.services.paper_form import SheetCode

_QUALITY = 70


@dataclass(frozen=True)
class Reading:
    """What a photograph of a register says."""

    code: SheetCode
    # The page, straightened, as a JPEG.
    picture: bytes
    lines: list[Line]

    def as_rows(self) -> list[dict]:
        """Return the lines as plain data, for ``record_reading``."""
        return [
            {
                "status": line.status,
                "is_certain": line.is_certain,
                "looks": line.looks,
                "is_used": line.is_written or any(line.ticked),
                "box": line.box,
                "whole": line.whole,
            }
            for line in self.lines
        ]


def read_sheet(content: bytes) -> Reading:
    """Read the photograph of one page; raises ``Unreadable`` with the reason."""
    try:
        photo = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
        if photo is None:
            raise Unreadable("no_photo")
        page = straighten(photo)
        lines = read_lines(page.grey)
    except cv2.error as error:
        # A picture so odd that the tools give up on it shows no register of ours.
        raise Unreadable("corners") from error
    _done, picture = cv2.imencode(".jpg", page.grey, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return Reading(page.code, picture.tobytes(), lines)
