"""The SVG of a figure -> the same figure in TikZ, as a LaTeX document of its own.

Every line, shape and text stands where the SVG has it: the layout is Graphviz', once. A text is set in the
document's sans-serif font and brought to the width that the layout has for it.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_HEAD = r"""% Compiles alone. A paper that loads docmute, tikz and fontenc (T1) takes it by \input.
\documentclass{article}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{tikz}
\usepackage[paperwidth=WIDTHbp, paperheight=\dimexpr HEIGHTbp + 1sp\relax, margin=0pt]{geometry}
\pagestyle{empty}
\setlength{\parindent}{0pt}
\setlength{\topskip}{0pt}
\begin{document}
\begin{tikzpicture}[x=1bp, y=-1bp, line width=1bp]
\useasboundingbox (0,0) rectangle (WIDTH,HEIGHT);
"""
_TAIL = "\\end{tikzpicture}\n\\end{document}\n"
_SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\^{}", "~": r"\~{}", "×": r"$\times$", "·": r"$\cdot$", "…": r"\dots{}", "–": "--",
    "→": r"$\to$", "⊕": r"$\oplus$", "−": "$-$", "≤": r"$\le$", "≥": r"$\ge$", "∞": r"$\infty$",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
}  # fmt: skip
_SCALE = re.compile(r"scale\(([\d.]+)")
_MOVE = re.compile(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PIECE = re.compile(r"([MCL])([^MCL]*)")
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}


def tikz(svg: str) -> str:
    """Write the figure of a finished SVG in TikZ. Characters that LaTeX has no sign for become `?`."""
    root = ElementTree.fromstring(svg[svg.index("<svg") :].replace(' xlink:title="', ' title="'))
    whole = next(one for one in root.iter(f"{_SVG}g") if one.get("class") == "graph")
    change = whole.get("transform", "")
    scale, move = _SCALE.search(change), _MOVE.search(change)
    shift = f"shift={{({move[1]},{move[2]})}}" if move else "shift={(0,0)}"
    factor = float(scale[1]) if scale else 1.0
    body = "\n".join(_drawn(whole, factor))
    width, height = (root.get(name, "").removesuffix("pt") for name in ("width", "height"))
    head = _HEAD.replace("WIDTH", width).replace("HEIGHT", height)
    return f"{head}\\begin{{scope}}[scale={factor:g}, {shift}]\n{body}\n\\end{{scope}}\n{_TAIL}"


def _drawn(whole: ElementTree.Element, factor: float) -> Iterator[str]:
    for element in whole.iter():
        kind = element.tag.removeprefix(_SVG)
        if kind == "path":
            yield _shape(element, _path(element.get("d", "")))
        elif kind in ("polygon", "polyline"):
            closed = " -- cycle" if kind == "polygon" else ""
            yield _shape(element, " -- ".join(_points(element.get("points", ""))) + closed)
        elif kind == "ellipse":
            at, radii = _values(element, "cx", "cy"), _values(element, "rx", "ry")
            size = f"x radius={radii[0]}, y radius={radii[1]}"
            yield _shape(element, f"({at[0]},{at[1]}) ellipse [{size}]")
        elif kind == "text":
            yield _text(element, factor)


def _values(element: ElementTree.Element, *names: str) -> list[str]:
    return [element.get(name, "0") for name in names]


def _points(text: str) -> list[str]:
    numbers = _NUMBER.findall(text)
    return [f"({x},{y})" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def _path(text: str) -> str:
    """Write a path of lines and cubic curves."""
    said = ""
    for piece, numbers in _PIECE.findall(text):
        points = _points(numbers)
        if piece == "C":
            for one, two, end in zip(points[::3], points[1::3], points[2::3], strict=True):
                said += f" .. controls {one} and {two} .. {end}"
        else:
            said += "".join(f"{' -- ' if piece == 'L' or said else ''}{point}" for point in points)
    return said


def _shape(element: ElementTree.Element, what: str) -> str:
    options = []
    for paint, name in (("fill", "fill"), ("stroke", "draw")):
        colour = element.get(paint, "none")
        if colour not in ("none", "transparent"):
            options.append(f"{name}={_colour(colour)}")
    if width := element.get("stroke-width"):
        options.append(f"line width={width}bp")
    if element.get("stroke-dasharray"):
        options.append("dashed")
    return f"\\path[{', '.join(options)}] {what};"


def _colour(text: str) -> str:
    """Write `#b8dafa` as TikZ does without a definition."""
    if not text.startswith("#"):
        return text
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _text(element: ElementTree.Element, factor: float) -> str:
    size = float(element.get("font-size", "12")) * factor
    bold = "\\bfseries" if element.get("font-weight") == "bold" else ""
    anchor = _ANCHORS[element.get("text-anchor", "start")]
    font = f"font=\\fontsize{{{size:.2f}bp}}{{{1.2 * size:.2f}bp}}\\selectfont\\sffamily{bold}"
    at = ",".join(_values(element, "x", "y"))
    said = "".join(_SIGNS.get(char, char if char.isascii() else "?") for char in element.text or "")
    width = float(element.get("textLength", "0")) * factor
    fitted = f"\\resizebox{{{width:.1f}bp}}{{\\height}}{{{said}}}" if width else said
    colour = _colour(element.get("fill", "#000000"))
    return f"\\node[anchor={anchor}, inner sep=0pt, text={colour}, {font}] at ({at}) {{{fitted}}};"
