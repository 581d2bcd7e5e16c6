"""A count under one setting, claimed of a table under another: the message names the setting that gives it."""

from pathlib import Path

import pytest

from archdsl.diagnostics import Fix
from archdsl.graph.measure import graph_counts
from archdsl.pipeline import compile_source
from archdsl.source import Source

PAPERS = Path(__file__).parent.parent / "specs" / "papers"
# A table, and a setting of it with another value: what the table's own value gives is then claimed.
CASES = (
    ("alexnet-owt", "bias", "no"),
    ("alexnet-owt", "norm", "batch"),
    ("darknet-19", "norm", "none"),
    ("darknet-19", "norm-scale", "no"),
    ("wide-resnet-50-2", "bias", "yes"),
    ("wide-resnet-50-2", "shortcut", "zero-pad"),
    ("wide-resnet-50-2", "projection-norm", "no"),
    ("resnet-18-cifar10", "shortcut", "project-all"),
    ("resnet-18-cifar10", "norm-scale", "no"),
    ("mobilenet-v1", "bias", "yes"),
    ("mobilenet-v2", "norm-scale", "no"),
    ("squeezenet", "bias", "no"),
    ("nin-cifar10", "norm", "batch"),
    ("preact-resnet-50", "projection-bias", "yes"),
)


def spoilt(text: str, lines: str) -> str:
    """Put settings above a spec, and take its own ones of those keys, its claims and its variants out."""
    keys = tuple(line.partition(" ")[0] + " " for line in lines.split("\n"))
    rest = [line for line in text.split("\n") if not line.startswith((*keys, "params ", "macs ", "variant "))]
    return "\n".join([lines, *rest])


def applied(text: str, fix: Fix) -> str:
    for edit in sorted(fix.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def check(name: str, changes: dict[str, str]) -> None:
    path = PAPERS / f"{name}.arch"
    text = path.read_text(encoding="utf-8")
    true = compile_source(Source(str(path), text)).compiled[0]
    assert true.graph is not None
    meant = {key: true.settings.conventions[key] for key in changes}
    count = sum(own.trainable for own in graph_counts(true.graph))
    wrong = spoilt(text, "\n".join(f"{key} {value}" for key, value in changes.items()) + f"\nparams {count}")
    found = [one for one in compile_source(Source(str(path), wrong)).diagnostics if one.code == "E0404"]
    assert len(found) == 1
    right = wrong
    for key, value in changes.items():
        right = right.replace(f"{key} {value}", f"{key} {meant[key]}", 1)
    assert right in [applied(wrong, fix) for fix in found[0].fixes], [note.text for note in found[0].notes]
    assert not compile_source(Source(str(path), right)).failed


@pytest.mark.parametrize(("name", "key", "value"), CASES, ids=[f"{name}-{key}" for name, key, _ in CASES])
def test_one_setting(name: str, key: str, value: str) -> None:
    check(name, {key: value})


def test_two_settings() -> None:
    check("wide-resnet-50-2", {"bias": "yes", "shortcut": "zero-pad"})
    check("resnet-18-cifar10", {"norm-scale": "no", "shortcut": "project-all"})


def test_nothing_fits() -> None:
    path = PAPERS / "darknet-19.arch"
    found = compile_source(Source(str(path), spoilt(path.read_text(encoding="utf-8"), "params 12345")))
    errors = [one for one in found.diagnostics if one.severity == "error"]
    assert [(one.code, [fix.edits[0].text for fix in one.fixes]) for one in errors] == [
        ("E0404", ["20842376"])
    ]
