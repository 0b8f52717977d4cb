"""Draw the bitmaps that browsers still ask for, from our own SVG, with Chromium.

    python scripts/build_pictures.py      (needs playwright and a chromium on the path)

Writes lms/icons/*.png, favicon.ico, and lms/img/social.png (the picture that a chat shows beside
a link). The drawings are lms/icons/icon.svg and lms/img/social.svg.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "lms" / "static" / "lms"
ICONS, PICTURES = STATIC / "icons", STATIC / "img"
GREEN = "#0b4d3c"


def shoot(
    browser: Browser, svg: Path, target: Path, width: int, height: int, pad: int = 0, fill: str = ""
) -> None:
    """Photograph one SVG file; `fill` paints the ground, `pad` leaves room for a round mask."""
    page = browser.new_page(viewport={"width": width, "height": height})
    fonts = "".join(
        f'@font-face{{font-family:"Noto Sans Tram Ngay";font-weight:{weight};'
        f'src:url("{(STATIC / "fonts" / f"noto-sans-{name}.woff2").as_uri()}")}}'
        for name, weight in (("regular", 400), ("bold", 700))
    )
    holder = target.with_suffix(".html")
    holder.write_text(
        f"<style>{fonts}html,body{{margin:0;background:{fill or 'transparent'}}}"
        f"svg{{display:block;box-sizing:border-box;width:{width}px;height:{height}px;padding:{pad}px}}"
        f"</style>{svg.read_text(encoding='utf-8')}",
        encoding="utf-8",
    )
    page.goto(holder.as_uri())
    page.evaluate("document.fonts.ready")
    page.screenshot(path=str(target), omit_background=not fill)
    page.close()
    holder.unlink()


def pack_ico(pngs: list[Path], target: Path) -> None:
    """An .ico is a small table of contents followed by PNG files."""
    offset, table, bodies = 6 + 16 * len(pngs), b"", b""
    for png in pngs:
        body = png.read_bytes()
        width, height = struct.unpack(">II", body[16:24])
        table += struct.pack("<BBBBHHII", width % 256, height % 256, 0, 0, 1, 32, len(body), offset)
        offset += len(body)
        bodies += body
    target.write_bytes(struct.pack("<HHH", 0, 1, len(pngs)) + table + bodies)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        icon = ICONS / "icon.svg"
        small = []
        for size in (16, 32, 48):
            small.append(ICONS / f"favicon-{size}.png")
            shoot(browser, icon, small[-1], size, size)
        pack_ico(small, ICONS / "favicon.ico")
        for png in small:
            png.unlink()
        shoot(browser, icon, ICONS / "icon-192.png", 192, 192)
        shoot(browser, icon, ICONS / "icon-512.png", 512, 512)
        shoot(browser, icon, ICONS / "icon-maskable-512.png", 512, 512, pad=64, fill=GREEN)
        shoot(browser, icon, ICONS / "apple-touch-icon.png", 180, 180, fill=GREEN)
        social = PICTURES / "social.svg"
        shoot(browser, social, PICTURES / "social.png", 1200, 630, fill="#faf5e8")
        browser.close()


if __name__ == "__main__":
    main()
