"""Turn the SVG drawings named in index.json into the WebP files the demo painter reads.

Dev only. Rerun: `npm i @iconify-json/noto`, `pip install resvg-py pillow`, then
`python -m tests.tools.rasterise_drawings node_modules/@iconify-json/noto/icons.json`.
"""

# Its requirements are installed by hand, so its types are not known to the check.
# pyright: reportMissingImports=false, reportOperatorIssue=false, reportUnnecessaryComparison=false

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw

HERE = Path(__file__).resolve().parents[2] / "assets" / "drawings"
LONGER_SIDE = 368
LONGER_FIGURE = 600
"""Pixels for those who may fill a portrait."""
SMALLER = 300
"""Pixels for what lies on tables."""
QUALITY = 72


def icon_body(icons: dict, name: str) -> str:
    alias = icons.get("aliases", {}).get(name, {})
    return icons["icons"][alias.get("parent", name)]["body"]


def svg_of(source: str, icons: dict) -> str:
    """A source is `icon`, `lone:icon` (its biggest piece), `own:file` or `body:icon:#colours,by,comma`."""
    body, _, rest = source.rpartition(":") if source.startswith(("own:", "lone:")) else ("", "", source)
    if body == "own":
        return (HERE / "bodies" / f"{rest}.svg").read_text()
    parts = rest.split(":")
    if len(parts) == 1:
        inner = icon_body(icons, parts[0])
        links = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        return f'<svg {links} viewBox="0 0 128 128">{inner}</svg>'
    text = (HERE / "bodies" / f"{parts[0]}.svg").read_text()
    for letter, colour in zip("abcd", parts[2].split(","), strict=False):
        text = text.replace("{" + letter + "}", colour)
    return text.replace("<!--head-->", icon_body(icons, parts[1]))


def only_biggest_piece(picture: Image.Image) -> Image.Image:
    """Drop what does not touch the piece in the middle: the stars that some icons have about them."""
    solid = picture.getchannel("A").point(lambda a: 255 if a > 20 else 0)
    middle = (picture.width // 2, picture.height // 2)
    ImageDraw.floodfill(solid, middle, 128)
    kept = solid.point(lambda a: 255 if a == 128 else 0)
    blank = Image.new("RGBA", picture.size)
    return Image.composite(picture, blank, kept)


def longer_side(entry: dict) -> int:
    if entry["source"].startswith(("standing:", "robe:", "machine:", "seated:", "own:knight")):
        return LONGER_FIGURE
    return SMALLER if entry["at"] == "table" else LONGER_SIDE


def draw(entry: dict, icons: dict) -> Image.Image:
    source = entry["source"]
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg_of(source, icons), width=1024))
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    if source.startswith("lone:"):
        picture = only_biggest_piece(picture)
    seen = picture.getchannel("A").point(lambda a: 255 if a > 12 else 0)
    picture = picture.crop(seen.getbbox())
    factor = longer_side(entry) / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def main(icons_file: str) -> None:
    icons = json.loads(Path(icons_file).read_text())
    for entry in json.loads((HERE / "index.json").read_text()):
        draw(entry, icons).save(HERE / f"{entry['name']}.webp", quality=QUALITY, method=4)


if __name__ == "__main__":
    main(sys.argv[1])
