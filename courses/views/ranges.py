"""Send a part of a file: a telephone asks for sound and films piece by piece."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

_PIECE = 64 * 1024


def part_of(request, response: FileResponse, size: int) -> HttpResponse | StreamingHttpResponse:
    """Return of ``response``, a whole file of ``size`` bytes, what the browser asked for.

    One range at a time; what we do not understand gets the whole file, as the standard allows.
    """
    response["Accept-Ranges"] = "bytes"
    # No file of ours has more bytes than twelve digits can say.
    asked = re.fullmatch(r"bytes=(\d{0,12})-(\d{0,12})", request.headers.get("Range", ""), re.ASCII)
    if asked is None or response.status_code != 200 or "If-Range" in request.headers:
        return response
    first, last = asked.groups()
    if not first and not last:
        return response
    if first:
        start, end = int(first), min(int(last or size), size - 1)
    else:
        start, end = max(size - int(last), 0), size - 1
    if start >= size or start > end:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file: Any = response.file_to_stream
    file.seek(start, os.SEEK_SET)
    partial = StreamingHttpResponse(_pieces(file, end - start + 1, response), status=206)
    for name, value in response.items():
        partial[name] = value
    partial["Content-Range"] = f"bytes {start}-{end}/{size}"
    partial["Content-Length"] = str(end - start + 1)
    return partial


def _pieces(file, left: int, response: FileResponse) -> Iterator[bytes]:
    with closing(response):
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
