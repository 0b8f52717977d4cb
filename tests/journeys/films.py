"""Films that Chromium plays in the place of a camera: codes on cards, one after the other."""

import io
from pathlib import Path

import segno
from PIL import Image

WIDTH, HEIGHT, RATE = 640, 480, 5
CAMERA = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def film(path: Path, texts: list[str], *, seconds: float = 1.2) -> list[str]:
    """Write a film in which each text's QR is held up, turned a little; return what plays it."""
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode()
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    table = Image.new("L", (WIDTH, HEIGHT), 90)
    with path.open("wb") as out:
        out.write(header)
        for number, text in enumerate(texts):
            for picture, length in ((_held_up(text, 7 - 5 * number), seconds), (table, 0.4)):
                for _frame in range(max(1, round(length * RATE))):
                    out.write(b"FRAME\n" + picture.tobytes() + grey)
    return [*CAMERA, f"--use-file-for-fake-video-capture={path}"]


def _held_up(text: str, degrees: int) -> Image.Image:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=5, border=4)
    code = Image.open(drawn).convert("L")
    card = code.rotate(degrees, expand=True, fillcolor=235, resample=Image.Resampling.BICUBIC)
    scene = Image.new("L", (WIDTH, HEIGHT), 90)
    scene.paste(card, ((WIDTH - card.width) // 2, (HEIGHT - card.height) // 2))
    return scene
