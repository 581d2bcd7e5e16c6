"""What a page is answered, whoever asks: the worker of the site or the local server."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import archdsl
from archdsl.browser import answers
from archdsl.browser.answers import answer, answer_json
from archdsl.browser.engine import by_javascript, in_cells
from archdsl.figure.draw import render
from archdsl.figure.engine import lay_out_by
from archdsl.figure.metrics import text_width

ROOT = Path(__file__).parent.parent
TABLE2 = (ROOT / "specs/table2.arch").read_text(encoding="utf-8")
BROKEN = TABLE2.replace("8x8     [1x1,64", "9x9     [1x1,64")
LATEX = (ROOT / "specs/papers/forms/resnet.tex").read_text(encoding="utf-8")


NOTEBOOK = json.dumps(
    {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# The network\n", "Printed below.\n"]},
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": [
                    "<!-- archdsl: input 32x32x3 -->\n\n",
                    "| layer | output | structure |\n",
                    "|---|---|---|\n",
                    "| conv1 | 16x16 | 3x3, 8 |\n",
                    "| head | 1x1 | global average pool, 10-d fc |\n",
                ],
            },
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def ask(do: str, text: str = TABLE2, name: str = "table2.arch", **more: Any) -> dict[str, Any]:
    document = {"name": name, "text": text} | more.pop("document", {})
    return answer({"do": do, "document": document, **more})


def test_a_check_is_the_document_of_the_command_line() -> None:
    said = ask("check")
    (network,) = said["document"]["networks"]
    assert network["params"]["trainable"] == 9_910_474
    assert not said["failed"]
    assert said["totals"][0].startswith("trainable 9,910,474")


def test_a_fault_has_its_place_and_its_mend() -> None:
    said = ask("check", BROKEN)
    assert said["failed"]
    (fault,) = said["document"]["diagnostics"]
    assert fault["code"] == "E0302"
    (edit,) = fault["fixes"][0]["edits"]
    assert edit["text"] == "8x8"


def test_a_notebook_is_read_as_a_document() -> None:
    said = ask("check", NOTEBOOK, "network.ipynb")
    (network,) = said["document"]["networks"]
    assert network["params"]["total"] == 8 * 27 + 8 + 8 * 10 + 10
    assert not said["failed"]
    broken = ask("check", NOTEBOOK.replace("16x16", "17x17"), "network.ipynb")
    assert [fault["code"] for fault in broken["document"]["diagnostics"]] == ["E0302"]


@pytest.mark.parametrize("level", ["auto", "stage", "block", "layer", "paper"])
def test_a_living_figure_is_the_figure(level: str) -> None:
    network = archdsl.load(str(ROOT / "specs/table2.arch")).network()
    drawn = ElementTree.fromstring(render(network, "svg", "light", level))
    living = ElementTree.fromstring(ask("draw", level=level, theme="light")["svg"])
    for element in (*living.iter(), *drawn.iter()):
        element.attrib.pop("class", None)  # the names of the parts
        element.attrib.pop("id", None)  # these are made of the text before
    assert ElementTree.tostring(living) == ElementTree.tostring(drawn)


def test_a_broken_table_is_sketched() -> None:
    said = ask("draw", BROKEN, theme="light", level="auto")
    assert said["broken"]
    assert [row["name"] for row in said["facts"]["rows"] if row["faulty"]] == ["Conv3-x"]


def test_a_saved_figure_is_that_of_the_command() -> None:
    network = archdsl.load(str(ROOT / "specs/table2.arch")).network()
    said = ask("save", kind="svg", theme="dark", level="stage")
    assert said == {"name": "table2", "text": render(network, "svg", "dark", "stage").decode()}


def test_views_are_listed_and_written() -> None:
    names = [view["name"] for view in answer({"do": "views"})["views"]]
    assert {"keras", "native", "markdown", "latex"} <= set(names)
    for name in names:
        assert ask("view", view=name)["text"].count("\n") > 5
    assert "def build(" in ask("view", view="keras")["text"]
    assert "import torch" in ask("view", view="torch")["text"]


def test_the_second_network_of_a_document() -> None:
    said = ask("check", LATEX, "resnet.tex")
    names = [network["name"] for network in said["document"]["networks"]]
    assert len(names) > 2
    code = ask("view", LATEX, "resnet.tex", view="keras", network=2)["text"]
    assert names[2].replace(":", " ") in code.replace(":", " ").replace("_", "-")
    assert "input" in ask("view", LATEX, "resnet.tex", view="native", network=2)["text"]


def test_settings_beside_the_document() -> None:
    bare = "Layer | Output | Structure\nconv1 | 8x8 | 3x3, 4\nfc | 1x1 | 10-d fc"
    assert ask("check", bare, "t.txt", document={"input": "8x8x3"})["document"]["networks"][0]["input"] == [
        8,
        8,
        3,
    ]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"do": "view", "view": "keras"}, "errors"),
        ({"do": "view", "view": "fortran"}, "no view"),
        ({"do": "save", "kind": "svg"}, "errors"),
        ({"do": "save", "kind": "../x"}, "unknown kind"),
        ({"do": "draw", "level": "atoms"}, "unknown level"),
        ({"do": "explain", "code": "../E0302"}, "no problem"),
    ],
)
def test_refusals_are_sentences(message: dict[str, Any], words: str) -> None:
    said = answer({"document": {"name": "net.arch", "text": BROKEN}} | message)
    assert words in said["refused"]


def test_explanations() -> None:
    assert "E0302" in answer({"do": "explain", "code": "E0302"})["text"]


def test_a_mistake_of_ours_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(_: Any) -> Any:
        raise ZeroDivisionError("oh")

    monkeypatch.setitem(answers._ANSWERS, "check", wrong)
    said = json.loads(answer_json(json.dumps({"do": "check"})))
    assert said == {"fault": "ZeroDivisionError: oh"}


def test_another_engine_draws() -> None:
    asked: list[str] = []

    def lay_out(dot: str) -> str:
        asked.append(dot)
        if "refuse" in dot:
            raise ValueError("no")
        return '<svg width="1pt" height="1pt" viewBox="0 0 1 1"></svg>'

    by_javascript(lay_out)
    try:
        assert 'class="archdsl-figure"' in ask("draw", theme="light")["svg"]
        assert "failed on this figure" in ask("draw", name="refuse.arch", theme="light")["refused"]
    finally:
        lay_out_by(None)
    assert asked[0].startswith('digraph "table2"')


def test_texts_of_an_engine_without_fonts_stand_in_cells_of_their_width() -> None:
    network = archdsl.load(str(ROOT / "specs/table2.arch")).network()
    dot = render(network, "dot", "light", "block").decode()
    divided = in_cells(dot)
    assert re.sub(r"<[^>]*>", "", divided) == re.sub(r"<[^>]*>", "", dot)
    pill = re.search(
        r'width="(\d+)" height="23"[^>]*><table[^>]*><tr>(<td [^>]*></td><td [^>]*><font .*?)</tr>', divided
    )
    assert pill
    widths = [int(width) for width in re.findall(r'width="(\d+)"', pill[2])]
    assert sum(widths) == int(pill[1])
    assert widths[1] == pytest.approx(text_width("3×3 conv", 12.0, bold=True), abs=1)
    assert divided.count("table2.arch") == dot.count("table2.arch")
