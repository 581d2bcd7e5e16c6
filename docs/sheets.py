"""Draws contact sheets: one PNG for each level and theme, with the figures of all specs side by side.

    python docs/sheets.py --out FOLDER [--level LEVEL] [--theme THEME] [--match TEXT] [--all] [--tile 420x520]

They are to be looked at after a change of the figures, and are no part of the repository. A figure that is
larger than its tile is shrunk; `--match` with a large `--tile` shows a few of them at their size. Needs
Pillow.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from math import ceil, sqrt
from pathlib import Path

import archdsl
from archdsl.figure.draw import render
from archdsl.figure.engine import LayoutError, run_graphviz
from archdsl.figure.levels import LEVELS, TooManyLayersError
from archdsl.figure.theme import palette

ROOT = Path(__file__).parents[1]
THEMES = ("light", "dark")
DPI = 96
HEAD, GAP = 18, 6


def networks(match: str, *, everything: bool) -> Iterator[tuple[str, archdsl.Network]]:
    """Give the networks of all specs with their names; of a spec of several only the first unless
    `everything` is asked."""
    for path in sorted((ROOT / "specs").rglob("*.arch")):
        name = path.relative_to(ROOT / "specs").with_suffix("").as_posix()
        if match in name:
            spec = archdsl.load(str(path))
            for one in list(spec) if everything else list(spec)[:1]:
                yield f"{name} · {one.rpartition(':')[2]}", spec[one]


def picture(network: archdsl.Network, theme: str, level: str, size: tuple[int, int]) -> bytes:
    """Draw a figure as PNG, shrunk to a size in pixels; nothing where it has too many layers."""
    try:
        dot = render(network, "dot", theme, level).decode()
        room = ",".join(f"{pixels / DPI:.3f}" for pixels in size)
        return run_graphviz(dot.replace("\n  node [", f'\n  graph [size="{room}"]\n  node [', 1), "png", DPI)
    except (TooManyLayersError, LayoutError) as error:
        print(f"{network.name}, {level}: {error}", file=sys.stderr)
        return b""


def contact_sheet(tiles: Sequence[tuple[str, bytes]], size: tuple[int, int], theme: str, out: Path) -> None:
    """Write pictures, each below its name, into one PNG."""
    from PIL import Image, ImageDraw, ImageFont

    wide, high = size[0] + GAP, size[1] + HEAD + GAP
    columns = ceil(sqrt(len(tiles) * high / wide * 1.4))
    rows = ceil(len(tiles) / columns)
    colours = palette(theme)
    whole = Image.new("RGB", (columns * wide, rows * high), colours.track)
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(13)
    for at, (name, data) in enumerate(tiles):
        left, top = at % columns * wide, at // columns * high
        pen.text((left + 4, top + 1), name, fill=colours.ink, font=font)
        pen.rectangle((left, top + HEAD, left + size[0], top + HEAD + size[1]), fill=colours.paper)
        if data:
            figure = Image.open(BytesIO(data)).convert("RGB")
            figure.thumbnail(size, Image.Resampling.LANCZOS)
            whole.paste(figure, (left + (size[0] - figure.width) // 2, top + HEAD))
    whole.save(out, optimize=True)


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder, made where it is missing")
    parser.add_argument("--level", action="append", choices=LEVELS, help="all where none is given")
    parser.add_argument("--theme", action="append", choices=THEMES, help="both where none is given")
    parser.add_argument("--match", default="", help="draw the specs with this text in their name alone")
    parser.add_argument("--all", action="store_true", help="draw all networks of a spec, not the first alone")
    parser.add_argument("--tile", default="420x520", help="width and height of a picture, in pixels")
    return parser.parse_args()


def main() -> int:
    """Draw the sheets that are asked for, and say where they are."""
    args = options()
    wide, _, high = args.tile.partition("x")
    size = int(wide), int(high)
    drawn = list(networks(args.match, everything=args.all))
    if not drawn:
        print(f"no spec has `{args.match}` in its name", file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    for level in args.level or LEVELS:
        for theme in args.theme or THEMES:
            tiles = [(name, picture(network, theme, level, size)) for name, network in drawn]
            out = args.out / f"{level}-{theme}.png"
            contact_sheet(tiles, size, theme, out)
            print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
