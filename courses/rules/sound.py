"""What a file of sound is, and how long: told by its bytes, never by its name.

Small readers of five containers. They decode nothing: they follow the boxes of the file as far as
they must to know that it is speech of a form which telephones play, and how many seconds it takes.
A file that cannot be followed to its end is none.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

# As people call them; for the message to who sends another one.
SUPPORTED = "MP3, M4A (AAC), WAV, WebM (Opus), Ogg (Opus)"
# No recording of ours has more parts; a file made to keep us busy has.
_MOST_PARTS = 200_000


class NotSound(ValueError):
    """The bytes are no sound in a form that we keep."""


@dataclass(frozen=True)
class Sound:
    """A file of sound: how it is sent, how its name ends, how long it is."""

    mime: str
    ending: str
    seconds: float


def look_at(content: bytes) -> Sound:
    """Return what kind of sound ``content`` is, or raise ``NotSound``."""
    for begins, read in _READERS:
        if begins(content):
            try:
                sound = read(content)
            except (IndexError, struct.error, ValueError, ArithmeticError, RecursionError):
                raise NotSound from None
            if not 0 < sound.seconds < 24 * 3600:
                raise NotSound
            return sound
    raise NotSound


# WebM: elements of an id, a size and content, some of them nested


class _Id:
    SEGMENT, CLUSTER, INFO, TRACKS = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B
    HEADER, TRACK, GROUP = 0x1A45DFA3, 0xAE, 0xA0
    DOC_TYPE, SCALE, DURATION, CODEC, KIND = 0x4282, 0x2AD7B1, 0x4489, 0x86, 0x83
    TIME, SIMPLE_BLOCK, BLOCK = 0xE7, 0xA3, 0xA1


_NESTED = {_Id.HEADER, _Id.SEGMENT, _Id.CLUSTER, _Id.INFO, _Id.TRACKS, _Id.TRACK, _Id.GROUP}
# A browser's recorder writes blocks of 60 ms, and no duration: it cannot know it beforehand.
_LAST_BLOCK = 0.06


def _read_webm(data: bytes) -> Sound:
    scale, declared, cluster, last = 1_000_000, 0.0, 0, 0
    codecs, kinds = [], []
    at = parts = 0
    while at < len(data):
        parts += 1
        if parts > _MOST_PARTS:
            raise NotSound
        name, at = _ebml_number(data, at, keeps_marker=True)
        size, at = _ebml_number(data, at)
        if name in _NESTED:
            # Step inside; a recorder leaves the sizes of the outermost open.
            continue
        content = data[at : at + size]
        match name:
            case _Id.DOC_TYPE if content.rstrip(b"\0") != b"webm":
                raise NotSound
            case _Id.SCALE:
                scale = _whole(content)
            case _Id.DURATION:
                declared = struct.unpack(">f" if size == 4 else ">d", content)[0]
            case _Id.CODEC:
                codecs.append(content.rstrip(b"\0"))
            case _Id.KIND:
                kinds.append(_whole(content))
            case _Id.TIME:
                cluster = _whole(content)
            case _Id.SIMPLE_BLOCK | _Id.BLOCK:
                _track, after = _ebml_number(content, 0)
                relative = struct.unpack(">h", content[after : after + 2])[0]
                last = max(last, cluster + relative)
        at += size
    if codecs != [b"A_OPUS"] or kinds not in ([2], []):
        raise NotSound
    ticks = max(declared, last)
    return Sound("audio/webm", "webm", ticks * scale / 1e9 + (0 if declared else _LAST_BLOCK))


def _whole(content: bytes) -> int:
    if len(content) > 8:
        raise NotSound
    return int.from_bytes(content, "big")


def _ebml_number(data: bytes, at: int, *, keeps_marker: bool = False) -> tuple[int, int]:
    first = data[at]
    length = 9 - first.bit_length()
    if length > 8 or at + length > len(data):
        raise NotSound
    number = int.from_bytes(data[at : at + length], "big")
    if not keeps_marker:
        number &= (1 << 7 * length) - 1
    return number, at + length


# Ogg: pages, each with the number of the last sample in it


def _read_ogg(data: bytes) -> Sound:
    at = last = skipped = parts = 0
    while at + 27 <= len(data):
        parts += 1
        if data[at : at + 4] != b"OggS" or parts > _MOST_PARTS:
            raise NotSound
        flags, granule = data[at + 5], struct.unpack_from("<q", data, at + 6)[0]
        table = data[at + 27 : at + 27 + data[at + 26]]
        start = at + 27 + len(table)
        if flags & 2:
            # The beginning of a stream; a film would begin a second one.
            if data[start : start + 8] != b"OpusHead" or parts > 1:
                raise NotSound
            skipped = struct.unpack_from("<H", data, start + 10)[0]
        last = max(last, granule)
        at = start + sum(table)
    return Sound("audio/ogg", "ogg", (last - skipped) / 48_000)


# MP4: boxes of a size, a name and content

_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex"}


def _read_mp4(data: bytes) -> Sound:
    found: dict = {"hdlr": [], "stsd": [], "scale": 0, "long": 0, "pieces": 0, "default": 0}
    _read_boxes(data, 0, len(data), found, depth=0)
    if found["hdlr"] != [b"soun"] or found["stsd"] != [b"mp4a"]:
        raise NotSound
    return Sound("audio/mp4", "m4a", max(found["long"], found["pieces"]) / found["scale"])


def _read_boxes(data, at, end, found, depth):
    if depth > 8:
        raise NotSound
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, at)
        inside = at + 8
        if size == 1:
            size = struct.unpack_from(">Q", data, inside)[0]
            inside += 8
        if size == 0:
            size = end - at
        if size < inside - at:
            raise NotSound
        after = min(at + size, end)
        if name in _BOXES:
            _read_boxes(data, inside, after, found, depth + 1)
        else:
            _read_box(name, data[inside:after], found)
        at = after


def _read_box(name, content, found):
    match name:
        case b"hdlr":
            # Tags of a title or a cover have a handler of their own.
            if (handler := content[8:12]) in (b"soun", b"vide", b"text", b"sbtl"):
                found["hdlr"].append(handler)
        case b"stsd":
            found["stsd"].append(content[12:16])
        case b"mdhd":
            wide = content[0] == 1
            found["scale"], found["long"] = struct.unpack_from(
                ">IQ" if wide else ">II", content, 20 if wide else 12
            )
        case b"trex":
            found["default"] = struct.unpack_from(">I", content, 12)[0]
        case b"tfhd":
            flags = int.from_bytes(content[1:4], "big")
            if flags & 8:
                where = 8 + 8 * bool(flags & 1) + 4 * bool(flags & 2)
                found["default"] = struct.unpack_from(">I", content, where)[0]
        case b"trun":
            found["pieces"] += _length_of_run(content, found["default"])


def _length_of_run(content, default):
    flags, count = int.from_bytes(content[1:4], "big"), struct.unpack_from(">I", content, 4)[0]
    if count > _MOST_PARTS:
        raise NotSound
    if not flags & 0x100:
        return count * default
    at = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    step = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    return sum(struct.unpack_from(">I", content, at + step * number)[0] for number in range(count))


# MP3: frames, each with a header of four bytes

_RATES = {
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def _read_mp3(data: bytes) -> Sound:
    at = 0
    if data[:3] == b"ID3":
        a, b, c, d = data[6:10]
        at = 10 + (a << 21 | b << 14 | c << 7 | d)
    seconds, start, framed = 0.0, at, 0
    while at + 4 <= len(data):
        frame = _frame(data[at : at + 4])
        if frame is None:
            # Padding, or a tag at the end.
            at += 1
            if at - start - framed > 200_000:
                raise NotSound
            continue
        seconds += frame[1]
        framed += frame[0]
        at += frame[0]
    if framed < 0.5 * (len(data) - start):
        raise NotSound
    return Sound("audio/mpeg", "mp3", seconds)


def _frame(header: bytes) -> tuple[int, float] | None:
    """Return the bytes and the seconds of the frame that begins with ``header``."""
    if header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or (header[1] >> 1) & 3 != 1:
        return None
    version, rate, sample = (header[1] >> 3) & 3, header[2] >> 4, (header[2] >> 2) & 3
    if version == 1 or rate in (0, 15) or sample == 3:
        return None
    bits = _RATES[3 if version == 3 else 2][rate - 1] * 1000
    hertz = _SAMPLES[version][sample]
    samples = 1152 if version == 3 else 576
    return samples // 8 * bits // hertz + ((header[2] >> 1) & 1), samples / hertz


# WAV: chunks


def _read_wav(data: bytes) -> Sound:
    at, per_second, length = 12, 0, 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name == b"fmt ":
            coding, _channels, _hertz, per_second = struct.unpack_from("<HHII", data, at + 8)
            if coding not in (1, 3, 0xFFFE):
                raise NotSound
        elif name == b"data":
            length += min(size, len(data) - at - 8)
        at += 8 + size + size % 2
    return Sound("audio/wav", "wav", length / per_second)


_READERS: list[tuple[Callable[[bytes], bool], Callable[[bytes], Sound]]] = [
    (lambda d: d[:4] == b"\x1aE\xdf\xa3", _read_webm),
    (lambda d: d[:4] == b"OggS", _read_ogg),
    (lambda d: d[4:8] == b"ftyp", _read_mp4),
    (lambda d: d[:4] == b"RIFF" and d[8:12] == b"WAVE", _read_wav),
    (lambda d: d[:3] == b"ID3" or _frame(d[:4].ljust(4, b"\0")) is not None, _read_mp3),
]
