"""The log that Darknet prints when it loads a network -> a table.

layer     filters    size              input                output
   0 conv     32  3 x 3 / 1   416 x 416 x   3   ->   416 x 416 x  32 0.299 BF
   1 max          2 x 2 / 2   416 x 416 x  32   ->   208 x 208 x  32
"""

import re
from collections.abc import Iterator

from archdsl.diagnostics import Diagnostic
from archdsl.forms.darknet.steps import Step, said, table
from archdsl.lang.darknet import HEADS, IN_LOG
from archdsl.light import Final
from archdsl.patterns import pattern
from archdsl.problems import summaries as problems
from archdsl.source import Source, Span
from archdsl.text.grid import Cell, GridSetting, Sheet

MAX_LINE: Final = 500
_HEADER = pattern(r"^[ \t]*layer[ \t]+filters[ \t]+size[^\n]*$", re.MULTILINE)
_ROW = pattern(r"[ \t]*(?P<number>\d{1,4})[ \t]+(?P<kind>[A-Za-z]\w*)(?P<rest>[^\n]*)")
_MAP = pattern(r"\d+(?:\s*x\s*\d+){2}")
_CONV = pattern(
    r"\s*(?P<filters>\d+)(?:/\s*(?P<groups>\d+))?\s+(?P<kernel>\d+\s*x\s*\d+)\s*/\s*(?P<stride>\d+)(?:\s*x\s*\d+)?\s*(?:\(\s*(?P<dilation>\d+)\))?"
)
_POOL = pattern(r"\s*(?P<kernel>\d+\s*x\s*\d+)\s*/\s*(?P<stride>\d+)")
_FACTOR = pattern(r"\s*\*?\s*(\d+)\s*x\b")
_NUMBERS = pattern(r"[^\d]*((?:\d+[\s,]+)*\d+)")


def find_logs(source: Source) -> Iterator[tuple[Sheet, Span]]:
    """Find the logs in a text; give each with where it stands."""
    for match in _HEADER.finditer(source.clean):
        lines, at = [], match.end() + 1
        while at < len(source.clean) and (row := _ROW.match(source.clean, at, _end(source.clean, at))):
            lines.append(row)
            at = _end(source.clean, at) + 1
        if lines:
            span = Span(match.start(), min(at, len(source.clean)))
            yield (
                _sheet(source, Cell(match[0].strip(), match.end() - len(match[0].lstrip())), lines, span),
                span,
            )


def _end(text: str, start: int) -> int:
    stop = text.find("\n", start)
    return min(stop if stop >= 0 else len(text), start + MAX_LINE)


def _sheet(source: Source, head: Cell, rows: list[re.Match[str]], span: Span) -> Sheet:
    unknown: list[Cell] = []
    steps = [_step(row, unknown) for row in rows]
    sheet = Sheet("", (), 1, span)
    if unknown:
        wrong: Diagnostic = problems.unknown_classes(source, [cell.text for cell in unknown], unknown[0].span)
        return sheet._replace(problems=(wrong,))
    first = _MAP.search(rows[0]["rest"])
    settings = [
        GridSetting(said("style", head), said("plain", head)),
        GridSetting(said("activation", head), said("none", head)),
    ]
    if first:
        settings.append(GridSetting(said("input", head), _size(rows[0], first)))
    told = problems.unprinted_norms(source, head.span)
    return sheet._replace(rows=table(steps, head), settings=tuple(settings), problems=(told,))


def _step(row: re.Match[str], unknown: list[Cell]) -> Step:
    kind, rest, number = Cell(row["kind"], row.start("kind")), row["rest"], int(row["number"])
    maps = list(_MAP.finditer(rest))
    flat = re.search(r"->\s*(\d+)\s*(?:[\d.]+ BF)?\s*$", rest)
    size = _size(row, maps[-1]) if maps and not flat else _flat(row, flat)
    section = IN_LOG.get(kind.text.lower(), kind.text.lower())
    before = re.split(r"\d+\s*x\s*\d+\s*x\s*\d+|->", rest, maxsplit=1)[0]
    if section == "convolutional" and (conv := _CONV.match(rest)):
        return Step(kind, _of_a_point(maps) + _convolution(conv), size)
    if section == "maxpool" and (pool := _POOL.match(rest)):
        return Step(kind, f"{_dense(pool['kernel'])} max pool, stride {pool['stride']}", size)
    if section == "connected" and flat:
        return Step(kind, f"fc, {flat[1]}", size)
    if section == "upsample" and (factor := _FACTOR.match(rest)):
        return Step(kind, f"upsample, stride {factor[1]}", size)
    if section in ("shortcut", "route") and (found := _NUMBERS.match(before)) and "/" not in before:
        numbers = tuple(map(int, re.findall(r"\d{1,4}", found[1])))
        takes = (number - 1, numbers[0]) if section == "shortcut" else numbers
        if max(takes) >= number:  # a layer that comes later
            unknown.append(kind)
        return Step(kind, "", size, takes, "add" if section == "shortcut" else "concat")
    words = {"avgpool": "global average pool", "softmax": "softmax", "dropout": "dropout"}.get(section, "")
    if not words and section not in HEADS:
        unknown.append(kind)
    return Step(kind, words, size)


def _of_a_point(maps: list[re.Match[str]]) -> str:
    """Return the words that make a map of 1x1 again of the means that a layer may read."""
    axes = re.findall(r"\d+", maps[0][0]) if len(maps) > 1 else []
    return f"reshape 1x1x{axes[2]}; " if axes[:2] == ["1", "1"] else ""


def _convolution(conv: re.Match[str]) -> str:
    more = [
        f"groups={conv['groups']}" if conv["groups"] else "",
        f"dilation {conv['dilation']}" if conv["dilation"] else "",
    ]
    return ", ".join(
        filter(None, (f"{_dense(conv['kernel'])} conv, {conv['filters']}, stride {conv['stride']}", *more))
    )


def _dense(text: str) -> str:
    return "".join(text.split())


def _size(row: re.Match[str], found: re.Match[str]) -> Cell:
    """Return a map's size: Darknet prints its width before its height."""
    place = row.start("rest")
    cell = Cell(found[0], place + found.start())
    width, height, channels = re.findall(r"\d+", found[0])
    return said(f"{height}x{width}x{channels}", cell) if width != height else cell


def _flat(row: re.Match[str], found: re.Match[str] | None) -> Cell:
    place = row.start("rest")
    return Cell(found[1], place + found.start(1)) if found else Cell("", place)
