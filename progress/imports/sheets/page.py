"""From a photograph to a straight page: find the six marks, undo the perspective."""

from typing import NamedTuple

import cv2
import numpy as np
import zxingcpp

from progress.services import paper_form as form
from progress.services.paper_form import SheetCode, read_code

# Pixels of a straightened page for each millimetre.
SCALE = 6
# The page is straightened in two halves, because a folded sheet has two planes; they meet between
# two lines of the register.
SEAM = form.FIRST_ROW + 10 * form.ROW_HEIGHT
# A brighter page than this is no darkness, whatever else it is; 255 is white.
DARK = 70
_LONGEST = 2000

_TOP, _BOTTOM, _LEFT, _RIGHT = {0, 1}, {4, 5}, {0, 2, 4}, {1, 3, 5}


class Unreadable(Exception):
    """The photograph cannot be read; ``code`` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Page(NamedTuple):
    """A straightened page in grey, and what its code says."""

    grey: np.ndarray
    code: SheetCode


def straighten(photo: np.ndarray) -> Page:
    """Return the page that a grey photograph shows, upright and ``SCALE`` pixels a millimetre."""
    longest = max(photo.shape)
    if longest > _LONGEST:
        photo = cv2.resize(
            photo, None, fx=_LONGEST / longest, fy=_LONGEST / longest, interpolation=cv2.INTER_AREA
        )
    marks = _marks(photo)
    found = set(marks)
    spread = all(found & side for side in (_TOP, _BOTTOM, _LEFT, _RIGHT))
    is_dark = bool(np.percentile(photo[::4, ::4], 90) < DARK)
    if len(found) < 4 or not spread:
        raise Unreadable("dark" if is_dark else "corners")
    grey = _warp(photo, marks)
    code = _code(grey)
    if code is None:
        raise Unreadable("dark" if is_dark else "code")
    return Page(grey, code)


def _marks(photo: np.ndarray) -> dict[int, np.ndarray]:
    """Return {mark: its four corners in the photograph}, clockwise from the left upper one."""
    corners, ids, _rejected = _DETECTOR.detectMarkers(photo)
    if ids is None or len(set(ids.ravel())) < len(form.MARKS):
        # In the dark or in a shadow, what little contrast there is must be stretched.
        stretched = cv2.createCLAHE(4.0, (8, 8)).apply(photo)
        again, more, _rejected = _DETECTOR.detectMarkers(stretched)
        if more is not None and (ids is None or len(more) > len(ids)):
            corners, ids = again, more
    if ids is None:
        return {}
    numbers = [int(number) for number in ids.ravel()]
    if len(numbers) > len(set(numbers)):
        raise Unreadable("several")
    return {number: quad[0] for number, quad in zip(numbers, corners, strict=True)}


def _warp(photo: np.ndarray, marks: dict[int, np.ndarray]) -> np.ndarray:
    width, height = (round(side * SCALE) for side in form.PAGE)
    if len(marks) < len(form.MARKS):
        return _straight(photo, marks, (width, height))
    seam = round(SEAM * SCALE)
    upper = _straight(photo, {n: marks[n] for n in (0, 1, 2, 3)}, (width, height))
    lower = _straight(photo, {n: marks[n] for n in (2, 3, 4, 5)}, (width, height))
    return np.vstack([upper[:seam], lower[seam:]])


def _straight(photo, marks, size) -> np.ndarray:
    side = form.MARK_SIZE
    printed = [
        (left + x, top + y)
        for left, top in (form.MARKS[number] for number in marks)
        for x, y in ((0, 0), (side, 0), (side, side), (0, side))
    ]
    seen = np.concatenate([marks[number] for number in marks]).astype(np.float32)
    # The middle of the first pixel is half a pixel inside the page.
    onto = np.array(printed, np.float32) * SCALE - 0.5
    matrix, _mask = cv2.findHomography(onto, seen)
    if matrix is None:
        raise Unreadable("corners")
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpPerspective(photo, matrix, size, flags=flags, borderValue=255)


def _code(grey: np.ndarray) -> SheetCode | None:
    left, top = (round(place * SCALE) - SCALE for place in form.CODE_AT)
    side = round(form.CODE_SIZE * SCALE) + 2 * SCALE
    cut = grey[top : top + side, left : left + side]
    for picture in (cut, cv2.resize(cut, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)):
        for found in zxingcpp.read_barcodes(picture, formats=_QR):
            if code := read_code(found.text):
                return code
    return None


def _detector() -> cv2.aruco.ArucoDetector:
    known = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_ARUCO_MIP_36h12)
    # Only our six: among so few, five wrong squares of a mark still leave no doubt.
    ours = cv2.aruco.Dictionary(known.bytesList[: len(form.MARKS)].copy(), known.markerSize, 5)
    how = cv2.aruco.DetectorParameters()
    how.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    how.adaptiveThreshWinSizeMin = 7
    how.adaptiveThreshWinSizeMax = 47
    how.adaptiveThreshWinSizeStep = 20
    how.minMarkerPerimeterRate = 0.02
    return cv2.aruco.ArucoDetector(ours, how)


_DETECTOR = _detector()
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
