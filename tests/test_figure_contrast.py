"""Text of a figure can be read: against what it stands on, at least 4.5:1, in light and in dark."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from figure_geometry import NUMBER, SVG, Box
from figure_nets import NETS

import archdsl
from archdsl.figure.compare_dot import svg as comparison_svg
from archdsl.figure.draw import render, render_sketch
from archdsl.figure.sketch import sketch
from archdsl.figure.theme import DARK, LIGHT, Palette
from archdsl.graph.graph import SketchStage

LEAST = 4.5  # WCAG 2.2, 1.4.3: the contrast of text
SPECS = Path(__file__).parent.parent / "specs"
PALETTES = {"light": LIGHT, "dark": DARK}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#RRGGBB`, as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ground_of(shape: ElementTree.Element) -> Box:
    if shape.tag == f"{SVG}ellipse":
        x, y, rx, ry = (float(shape.get(name) or 0) for name in ("cx", "cy", "rx", "ry"))
        return Box(x - rx, y - ry, x + rx, y + ry, shape.get("fill") or "")
    numbers = [float(number) for number in NUMBER.findall(shape.get("points") or shape.get("d") or "")]
    return Box(
        min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]), shape.get("fill") or ""
    )


def written(svg: str) -> Iterator[tuple[str, str, str]]:
    """Give each text of a figure with its colour and the colour of what was painted below its middle last."""
    painted: list[Box] = []
    for element in ElementTree.fromstring(svg).iter():
        fill = element.get("fill") or ""
        if element.tag != f"{SVG}text" and fill.startswith("#"):
            painted.append(ground_of(element))
        elif element.tag == f"{SVG}text" and (element.text or "").strip():
            size, at = float(element.get("font-size") or 0), float(element.get("x") or 0)
            side = {"start": size / 2, "end": -size / 2}.get(element.get("text-anchor") or "start", 0.0)
            middle = (at + side, float(element.get("y") or 0) - size / 3)
            below = [box.owner for box in painted if box.about(middle)]
            yield element.text or "", fill if fill.startswith("#") else "#000000", below[-1]


def comparison(theme: str) -> str:
    resnet = archdsl.load(str(SPECS / "papers" / "resnet.arch"))
    return comparison_svg(archdsl.diff(resnet["18-layer"], resnet["50-layer"]), theme)


def broken(theme: str) -> str:
    stages = (
        SketchStage("conv1", (32, 32), (32, 32, 64), "3x3, 64", False, 3, 1856),
        SketchStage("conv2", (8, 8), (16, 16, 256), "[3x3,256; 3x3,256] x2", True, 6, 2_099_712),
    )
    return render_sketch(sketch("net", stages, "net.arch", "1 error"), "svg", theme).decode()


def net(name: str, level: str) -> Callable[[str], str]:
    return lambda theme: render(NETS[name](), "svg", theme, level).decode()


FIGURES: dict[str, Callable[[str], str]] = {
    **{
        f"{name} {level}": net(name, level)
        for name in ("inception", "mbconv", "unet")
        for level in ("stage", "block", "paper")
    },
    "comparison": comparison,
    "broken": broken,
}


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_text_can_be_read(name: str, theme: str) -> None:
    said = list(written(FIGURES[name](theme)))
    assert len(said) > 5
    assert [(text, ink, ground) for text, ink, ground in said if contrast(ink, ground) < LEAST] == []


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_every_role_of_text_can_be_read_on_its_grounds(palette: Palette) -> None:
    plain = product(("ink", "muted", "accent", "note", "differs", "fault"), ("paper", "card", "frame"))
    pairs = {
        f"{role} on {ground}": (getattr(palette, role), getattr(palette, ground)) for role, ground in plain
    }
    fills = {**palette.families, "other": palette.other}
    pairs |= {
        f"{role} on {family}": (getattr(palette, role), fill)
        for role, (family, fill) in product(("ink", "note"), fills.items())
    }
    pairs |= {
        "badge": (palette.badge_ink, palette.badge),
        "fault on its card": (palette.fault, palette.fault_card),
    }
    assert {name: f"{contrast(*pair):.2f}" for name, pair in pairs.items() if contrast(*pair) < LEAST} == {}


def test_contrast_is_measured() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    root = '<svg xmlns="http://www.w3.org/2000/svg"><polygon fill="#ffffff" points="0,0 9,0 9,9 0,9"/><path fill="#111111" d="M1,1L4,4"/>'
    said = '<text x="2" y="4" font-size="3" text-anchor="middle" fill="#222222">a</text></svg>'
    assert list(written(root + said)) == [("a", "#222222", "#111111")]
