"""One size of a published table misprinted: one error, and a fix of it gives the table back."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from archdsl.diagnostics import Fix
from archdsl.pipeline import compile_source
from archdsl.source import Source, Span

PAPERS = Path(__file__).parent.parent / "specs" / "papers"
SPECS = (
    "alexnet",
    "darknet-19",
    "densenet-cifar10",
    "mobilenet-v1",
    "googlenet",
    "nin-cifar10",
    "senet",
    "squeezenet",
    "u-net-padded",
    "wide-resnet-50-2",
    "wrn",
)
CASES = 4


def misprints(name: str, source: Source) -> Iterator[tuple[Span, str]]:
    """Return some sizes of a table, each with another one to print: both axes off by one, or one of them doubled."""
    rng = random.Random(name)
    rows = compile_source(source).compiled[0].table.rows
    spans = [
        row.size_span
        for row in rows
        if row.size is not None and len(row.size) > 1 and "1×1" not in source.text[row.size_span.start :][:4]
    ]
    for span in rng.sample(spans, min(CASES, len(spans))):
        text = source.text[span.start : span.end]
        numbers = list(re.finditer(r"\d+", text))[:2]
        size = int(numbers[0][0])
        if size < 4 or len({number[0] for number in numbers}) > 1:
            continue
        off = rng.choice((-1, 1))
        texts = (str(size + off), str(size + off)) if rng.random() < 0.7 else (str(2 * size), str(size))
        for number, new in reversed(list(zip(numbers, texts, strict=True))):
            text = text[: number.start()] + new + text[number.end() :]
        yield span, text


def applied(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize("name", SPECS)
def test_misprinted_size(name: str) -> None:
    path = PAPERS / f"{name}.arch"
    source = Source(str(path), path.read_text(encoding="utf-8"))
    cases = list(misprints(name, source))
    assert cases
    for span, text in cases:
        spoilt = source.text[: span.start] + text + source.text[span.end :]
        errors = [
            found
            for found in compile_source(Source(str(path), spoilt)).diagnostics
            if found.severity == "error"
        ]
        line = source.position(span.start)[0]
        assert len(errors) == 1, (line, text, [error.message for error in errors])
        mended = [applied(spoilt, fix) for fix in errors[0].fixes]
        assert source.text in mended, (line, text, errors[0].message, [fix.title for fix in errors[0].fixes])
