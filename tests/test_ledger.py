"""The ledger: of every network of the suite's inputs, no printed word or number is lost, and none is used twice."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from form_writer import FORMS, Table
from golden_runner import compile_case, read_cases

from archdsl.cli.main import main
from archdsl.diagnostics import Reporter
from archdsl.ledger.entries import entries
from archdsl.ledger.left import left, twice
from archdsl.ledger.rows import may_lack
from archdsl.ledger.told import untaken
from archdsl.network import Spec
from archdsl.pipeline import Compilation, compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source, Span

ROOT = Path(__file__).parent.parent
CASES = ROOT.parent / "shared" / "cases"
SUFFIXES = (".arch", ".md", ".tex", ".html", ".csv", ".tsv", ".rst", ".org", ".txt", ".ipynb")
TABLES: dict[str, Table] = {
    "columns": [
        ["Layer", "Output", "Kernel", "Stride", "Filters", "Parameters"],
        ["conv1", "16×16", "5×5", "2", "12", "900"],
        ["pool1", "8×8", "2×2", "2", "", "0"],
        ["fc2", "10", "", "", "10", "7690"],
    ],
    "networks": [
        ["Stage", "Output size", "9-layer", "13-layer"],
        ["conv1", "16×16", ("3×3, 8, stride 2", 2)],
        ["conv2", "8×8", "[3×3, 12; 3×3, 12] × 2", "[3×3, 12; 3×3, 12] × 3"],
        ["", "1×1", ("average pool, 6-d fc, softmax", 2)],
    ],
}


def given(args: list[str]) -> Overrides:
    """Return what the arguments of a case set."""
    return Overrides(input=next((args[i + 1] for i, word in enumerate(args) if word == "--input"), None))


Input = tuple[str, Source, Overrides, list[int] | None]


def inputs() -> Iterator[Input]:
    """List the inputs of the suite, and the shared cases where they are."""
    for path in sorted((ROOT / "specs").rglob("*")) + sorted((ROOT / "tests" / "forms").glob("*")):
        if path.suffix in SUFFIXES:
            yield path.name, Source(str(path), path.read_text(encoding="utf-8")), Overrides(), None
    for folder in (ROOT / "tests" / "print", CASES):
        for toml in sorted(folder.rglob("*.toml")):
            for case in tomllib.loads(toml.read_text(encoding="utf-8"))["case"]:
                yield from told(toml, case)
    for form, write in FORMS.items():
        for name, table in TABLES.items():
            yield f"{name} as {form}", Source(form, write(table)), Overrides(input="32x32x3"), None


def told(toml: Path, case: dict[str, Any]) -> Iterator[Input]:
    args, trainable = given(case.get("args", [])), case.get("trainable")
    if "text" in case:
        yield case["name"], Source(f"t.{case['form']}", case["text"]), args, trainable
        return
    path = toml.parent / case["file"]
    try:
        yield case["file"], Source(str(path), path.read_text(encoding="utf-8")), args, trainable
    except (OSError, UnicodeDecodeError):
        return


INPUTS = [
    pytest.param(source, overrides, trainable, id=name) for name, source, overrides, trainable in inputs()
]
SUITES = [
    pytest.param(path, id=f"{folder}/{path.stem}")
    for folder in ("language", "papers", "shapes", "specs")
    for path in sorted((ROOT / "tests" / "golden" / folder).glob("*.md"))
]


def assert_whole(found: Compilation) -> None:
    for one in found.compiled if not found.failed else ():
        assert one.printed is not None
        source, taken = one.printed.source, entries(one.printed)
        lost = [source.text[span.start : span.end] for span in left(source, [one.printed.grid], taken)]
        told = any(one.code == "W0104" for one in found.diagnostics)  # remarks, which may stay
        assert lost == [] or told, "printed, and taken by nobody"
        assert one.printed.grid.sheet is not None or not may_lack(one.printed)
        used = [(a.what, b.what, source.text[a.span.start : b.span.end]) for a, b in twice(source, taken)]
        assert used == [], "printed once, and used twice"


@pytest.mark.parametrize(("source", "overrides", "trainable"), INPUTS)
def test_everything_is_taken_once(source: Source, overrides: Overrides, trainable: list[int] | None) -> None:
    found = compile_source(source, overrides, None, True)
    counts = [] if found.failed else [network.params.trainable for network in Spec(found).networks]
    if trainable is None or counts == trainable:  # another network is a fault that its own case tells
        assert_whole(found)


@pytest.mark.parametrize("suite", SUITES)
def test_everything_in_a_golden_is_taken_once(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # In the others all but the first are the same table with other settings.
    several = suite.parent.name == "language"
    for case in read_cases(suite)[: None if several else 1]:
        assert_whole(compile_case(case, tmp_path, printed=True))


def test_what_nobody_takes_is_found() -> None:
    found = (
        compile_source(Source("net.arch", "input 8x8x3\nconv1 8x8 3x3, 4\n"), printed=True)
        .compiled[0]
        .printed
    )
    assert found is not None
    taken = [entry for entry in entries(found) if entry.what != "channels"]
    (span,) = left(found.source, [found.grid], taken)
    assert found.source.text[span.start : span.end] == "4"
    kernel = next(entry for entry in entries(found) if entry.what == "kernel")
    assert twice(
        found.source,
        [
            *entries(found),
            kernel._replace(what="other", span=Span(kernel.span.start + 1, kernel.span.end + 4)),
        ],
    )


@pytest.mark.parametrize("name", ["table2", "papers/densenet", "papers/darknet-53"])
def test_a_lost_claim_is_seen(name: str) -> None:
    """The quick look sees each claim that is lost, where the list of all places does."""
    path = ROOT / "specs" / f"{name}.arch"
    found = compile_source(Source(str(path), path.read_text(encoding="utf-8")), printed=True)
    whole = found.compiled[0].printed
    assert whole is not None
    seen = set()
    for lost in range(len(whole.claims)):
        less = whole._replace(claims=(*whole.claims[:lost], *whole.claims[lost + 1 :]), told=())
        spans = left(less.source, [less.grid], entries(less))
        rows = [part.structure.span for row in less.grid.rows for part in row.parts]
        inside = any(row.start <= span.start < row.end for span in spans for row in rows)
        assert may_lack(less) == inside
        seen.add(inside)
    assert True in seen


def test_a_native_row_is_told_of_what_nobody_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows without columns are held to it in a plain check."""
    source = Source("net.arch", "input 8x8x3\nconv1 8x8 3x3, 4\npool 4x4 max pool\n")
    assert compile_source(source).diagnostics == ()
    claim = Reporter.claim
    monkeypatch.setattr(
        Reporter,
        "claim",
        lambda self, span, what: None if what == "channels" else claim(self, span, what),
    )
    (told,) = compile_source(source).diagnostics
    assert (told.code, source.clean[told.span.start : told.span.end]) == ("E0235", "4")


def test_what_nobody_takes_is_told() -> None:
    """A number or a layer that is lost in a row of layers is an error, another word a warning."""
    table = "| Layer | Kernel | Filters | Notes |\n|---|---|---|---|\n| conv1 | 3x3 | 4 | warm |\n"
    found = (
        compile_source(Source("net.md", table), Overrides(input="8x8x3"), printed=True).compiled[0].printed
    )
    assert found is not None
    assert untaken(found) == []
    (row,) = found.grid.rows
    part = row.parts[0]

    def told_without(role: str) -> list[tuple[str, str]]:
        lost = part._replace(bound=tuple(one for one in part.bound if one.role != role))
        less = found._replace(grid=found.grid._replace(rows=(row._replace(parts=(lost,)),)), told=())
        return [(one.code, found.source.clean[one.span.start : one.span.end]) for one in untaken(less)]

    assert told_without("channels") == [("E0235", "4")]
    assert told_without("") == [("W0104", "warm")]
    assert told_without("norm") == []


def test_explain_lists_what_was_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "net.md"
    table = "| Layer | Kernel | Filters | Notes |\n|---|---|---|---|\n| Conv2D | 3x3 | 4 | warm |\n"
    spec.write_text(f"<!-- archdsl: input 8x8x3 -->\n\n{table}", encoding="utf-8")
    assert main(["check", "--explain", str(spec)]) == 0
    assert capsys.readouterr().out.endswith(
        "\n\ntaken:\n  5:3  conv `Conv2D`, name `Conv2D`, fused `3x3`, channels `4`, Notes `warm`\n"
    )
    assert main(["check", "--explain", "--format", "json", str(spec)]) == 0
    (network,) = json.loads(capsys.readouterr().out)["files"][0]["networks"]
    assert {"line": 5, "column": 18, "text": "4", "as": "channels", "row": 0} in network["taken"]
    assert {"line": 5, "column": 22, "text": "warm", "as": "Notes", "row": 0} in network["taken"]
    assert network["left"] == []
    assert main(["check", "--format", "json", str(spec)]) == 0
    assert "taken" not in json.loads(capsys.readouterr().out)["files"][0]["networks"][0]
