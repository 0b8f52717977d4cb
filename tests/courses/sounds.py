"""Small files of sound, put together by hand: what is in them is silence."""

import io
import struct
import wave


def wav(seconds=2, hertz=8000):
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(hertz)
        sound.writeframes(b"\x80" * int(seconds * hertz))
    return file.getvalue()


def mp3(seconds=2, tag=True):
    # MPEG 2 layer III, 16 kbit/s, 16 kHz: 72 bytes for 36 ms.
    frame = b"\xff\xf3\x28\xc0" + b"\0" * 68
    title = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10 if tag else b""
    return title + frame * round(seconds / 0.036)


def ogg(seconds=2, codec=b"OpusHead"):
    def page(flags, granule, payload):
        header = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 1, 0, 0, 1)
        return header + bytes([len(payload)]) + payload

    head = codec + struct.pack("<BBHIHB", 1, 1, 312, 48000, 0, 0)
    return (
        page(2, 0, head) + page(0, 0, b"OpusTags") + page(4, int(seconds * 48000) + 312, b"\0" * 90)
    )


def _box(name, *content):
    inside = b"".join(content)
    return struct.pack(">I4s", len(inside) + 8, name) + inside


def _hdlr(kind):
    return _box(b"hdlr", struct.pack(">II4s12x", 0, 0, kind))


def m4a(seconds=2, kind=b"soun", codec=b"mp4a", pieces=False):
    scale = 16000
    long = 0 if pieces else int(seconds * scale)
    media = _box(
        b"mdia",
        _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, scale, long, 0, 0)),
        _hdlr(kind),
        _box(
            b"minf",
            _box(b"stbl", _box(b"stsd", struct.pack(">II", 0, 1), _box(codec, b"\0" * 28))),
        ),
    )
    start = _box(b"ftyp", b"M4A \0\0\0\0M4A ") + _box(b"moov", _box(b"trak", media))
    if not pieces:
        return start
    run = _box(b"trun", struct.pack(">II", 0, int(seconds * scale / 1024)))
    head = _box(b"tfhd", struct.pack(">III", 8, 1, 1024))
    return start + _box(b"moof", _box(b"traf", head, run)) + _box(b"mdat", b"\0" * 64)


def _size(size):
    return (size | 1 << 28).to_bytes(4, "big")


def _part(name, *contents):
    content = b"".join(contents)
    return bytes.fromhex(name) + _size(len(content)) + content


def webm(seconds=2, codec=b"A_OPUS", kind=2, doc=b"webm", duration=None, more=()):
    """As a browser's recorder writes it: sizes left open, and no duration."""
    info = [_part("2ad7b1", (1_000_000).to_bytes(3, "big"))]
    if duration is not None:
        info.append(_part("4489", struct.pack(">d", duration * 1000)))
    tracks = [_part("ae", _part("83", bytes([kind])), _part("86", codec)), *more]
    clusters = b""
    for start in range(0, max(int(seconds * 1000), 1), 1000):
        blocks = [
            _part("a3", b"\x81" + struct.pack(">h", after) + b"\x80" + b"\0" * 8)
            for after in range(0, min(1000, int(seconds * 1000) - start), 60)
        ]
        time = _part("e7", start.to_bytes(3, "big"))
        clusters += bytes.fromhex("1f43b675") + b"\x01" + b"\xff" * 7 + time + b"".join(blocks)
    return (
        _part("1a45dfa3", _part("4282", doc))
        + bytes.fromhex("18538067")
        + b"\x01"
        + b"\xff" * 7
        + _part("1549a966", *info)
        + _part("1654ae6b", *tracks)
        + clusters
    )
