"""Which tables of a text are taken for networks, and which are passed over: both sides of the threshold."""

import json

import pytest

from archdsl.detect.score import TAKEN, WEIGHTS, Evidence, lacks
from archdsl.detect.words import said
from archdsl.network import Spec
from archdsl.pipeline import compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

OTHERS = {
    "results.md": "| Model | Accuracy |\n|---|---|\n| Conv-Net 3 | 91.2 |\n| Dense-Net 12 | 92.0 |\n",
    "options.md": "| Option | Type | Default | Description |\n|---|---|---|---|\n| `--pool` | int | 4 | workers in the pool |\n",
    "plan.csv": "week,topic,details\n1,Convolution,chapters 2-3\n2,Pooling,chapter 4\n",
    "classes.md": "| Class | Description |\n|---|---|\n| `Dense` | a full matrix |\n| `Flatten` | turns a tree into a list |\n",
    "sets.md": "| Name | Type | Size | Channels |\n|---|---|---|---|\n| scans | grey | 64x64 | 1 |\n| maps | colour | 32x32 | 3 |\n",
    "prose.md": "# A project\n\nTrains a network of 5 layers.\n\n- conv layers are fast\n- pool of 4 workers\n\n```\nmake all\n```\n",
    "prose.txt": "Output of the run\n\nWe average over 8 samples and pool the rest.\n",
    "starts.md": "Input data comes from the sensors.\n\nNothing else is here.\n",
    "word.md": "The element `<table>` is used for tables, and nothing closes it here.\n",
    "tree.md": "Files:\n\n```\nsrc\n├── layers.py\n└── dense.py\n```\n",
}
OTHERS |= {
    "requirements.txt": "numpy==2.1\ntorch>=2.0\nscipy\n",
    "net.txt": "class Net(Base):\n  conv = Conv2d(3, 8, 3,\n    bias = True, padding_mode='zeros')\n  def forward(self, x):\n    return self.conv(x)\n",
    "code.md": "```python\nnet.add(Block(8),   # out: (8, 32, 32)\n        Block(16),  # out: (16, 16, 16)\n        Conv2D(1, kernel_size=4))  # out: (1, 1, 1)\n```\n",
    "ranges.md": "| Model | Range | Note |\n|---|---|---|\n| mobile 25 | [0.05,1] | good |\n| mobile 50 | [0.3,1] | better |\n",
    "lists.md": "```\nprint(a)  # [1, 2, 3], [4, 5]\nprint(b)  # [6, 7, 8], [9, 1]\n```\n",
    "times.md": "| Step | on a CPU | gain |\n|---|---|---|\n| Product (500x500) | 80ms | 16x |\n| Conv2D layer | 900ms | 90x |\n| Whole run | 3 days | 40x |\n",
    "config.md": "| Setting | Value | Meaning |\n|---|---|---|\n| Size | 96x96x3 | images |\n| Patch | 8x8 | no overlap |\n| Width | 96 | hidden |\n"
    "| Depth | 6 | blocks |\n| Heads | 4 | of each |\n| Dropout | 0.1 | Dropout rate |\n| Out | 64 | projection |\n| Steps | 10 | of it |\n",
}
NETWORKS = {
    "one-row.md": "| name | output | structure |\n|---|---|---|\n| c1 | 8x8 | 3x3 conv, 6 |\n",
    "properties.md": "| Layer | Filters | Kernel |\n|---|---|---|\n| Conv | 8 | 3x3 |\n| Conv | 16 | 3x3 |\n",
    "brackets.md": "| stage | A | B |\n|---|---|---|\n| c2 | [3x3, 8] x2 | [3x3, 8] x3 |\n| c3 | [3x3, 16] x2 | [3x3, 16] x4 |\n",
    "plain.txt": "conv1  8x8  3x3, 6\nconv2  8x8  3x3, 9\n",
    "setting.md": "input 8x8x3\nconv1 8x8 3x3, 6\n",
    "said.md": "<!-- archdsl: input 8x8x3, each-row 3x3 conv -->\n\n| Stage | c |\n|---|---|\n| first | 6 |\n",
    "broken.md": "| name | output | structure |\n|---|---|---|\n| c1 | 8x8 | 3x3 kwnv, 6 |\n| c2 | 8x8 | 3x3 conv, 6 |\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_passed_over(name: str) -> None:
    compilation = compile_source(Source(name, OTHERS[name]))
    assert not compilation.compiled
    assert [one.code for one in compilation.diagnostics] == ["E0110"]


@pytest.mark.parametrize("name", NETWORKS)
def test_taken(name: str) -> None:
    compilation = compile_source(Source(name, NETWORKS[name]))
    assert compilation.compiled
    assert "E0110" not in {one.code for one in compilation.diagnostics}


def test_threshold_on_both_sides() -> None:
    assert not Evidence({"rows": TAKEN - 0.01}).taken
    assert Evidence({"rows": TAKEN}).taken


def test_row_evidence_is_needed_without_headers() -> None:
    """A row with an operator and a number carries a table; without it, layer words and plain headers do not."""
    assert not Evidence({name: WEIGHTS[name] for name in ("layers", "headers")}).taken
    assert Evidence({name: WEIGHTS[name] for name in ("rows", "headers")}).taken


def test_what_is_lacking_is_said_strongest_first() -> None:
    assert lacks(Evidence({})) == "no cell names a layer"
    assert lacks(Evidence({"operators": 1.0})) == "no row has a layer with a number of its own"
    assert lacks(Evidence({"operators": 1.0, "rows": 2.0})) == "no column holds the sizes of maps"


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("3x3 conv, 64", True),
        ("conv_2", True),
        ("max pooling, stride 2", True),
        ("starts the average over samples", False),
        ("turns a tree into a list", False),
    ],
)
def test_words_of_a_layer(text: str, layer: bool) -> None:
    assert said(text).layer is layer


SUMMARY = (
    "Layer (type)                 Output Shape              Param #\n"
    "=================================================================\n"
    "conv2d_1 (Conv2D)            (None, 6, 6, 4)           112\n"
    "flatten_1 (Flatten)          (None, 144)               0\n"
    "dense_1 (Dense)              (None, 5)                 725\n"
    "=================================================================\n"
)
HTML = "<table><tr><th>layer</th><th>output</th><th>structure</th></tr><tr><td>c</td><td>8x8</td><td>3x3, 6</td></tr></table>"


def notebook(*outputs: dict[str, object]) -> str:
    """Write a notebook of one code cell with these outputs."""
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "source": ["net.summary()"],
        "outputs": list(outputs),
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def _lines(text: str) -> list[str]:
    return [line + "\n" for line in text.splitlines()]


@pytest.mark.parametrize(
    ("path", "text", "input_", "trainable"),
    [
        (
            "n.ipynb",
            notebook({"output_type": "stream", "name": "stdout", "text": _lines(SUMMARY)}),
            "8x8x3",
            837,
        ),
        (
            "n.ipynb",
            notebook({"output_type": "execute_result", "data": {"text/plain": SUMMARY}}),
            "8x8x3",
            837,
        ),
        (
            "n.ipynb",
            notebook({"output_type": "display_data", "data": {"text/html": HTML, "text/plain": SUMMARY}}),
            "8x8x3",
            168,
        ),
        (
            "n.ipynb",
            notebook(
                {"name": "stdout", "output_type": "stream", "text": _lines(SUMMARY)},
                {"data": {"text/plain": ["<keras.History>"]}, "output_type": "execute_result"},
            ),
            "8x8x3",
            837,
        ),
        (
            "n.ipynb",
            json.dumps(
                {"cells": [{"source": _lines(f"Looks so:\n```\n{SUMMARY}```"), "cell_type": "markdown"}]}
            ),
            "8x8x3",
            837,
        ),
        (
            "readme.md",
            f"# Net\n\n```\n{SUMMARY}```\n\n| Method | Error |\n|---|---|\n| ours | 2.1 % |\n",
            "8x8x3",
            837,
        ),
        (
            "report.tex",
            f"\\begin{{document}}\n\\begin{{verbatim}}\n{SUMMARY}\\end{{verbatim}}\n\\end{{document}}\n",
            "8x8x3",
            837,
        ),
    ],
    ids=[
        "stream",
        "plain result",
        "html before plain",
        "stream before a result whose data come first",
        "fence of a cell of prose",
        "fence beside results",
        "verbatim",
    ],
)
def test_what_a_document_shows(path: str, text: str, input_: str, trainable: int) -> None:
    compilation = compile_source(Source(path, text), Overrides({}, None, input_, None))
    assert [one.code for one in compilation.diagnostics] == []
    assert Spec(compilation).network().params.trainable == trainable


@pytest.mark.parametrize(
    "text", ['{"cells": []}', "{}", "", '{"cells": [{"cell_type": "code", "outputs": []}]}']
)
def test_notebooks_without_tables(text: str) -> None:
    compilation = compile_source(Source("n.ipynb", text))
    assert [one.code for one in compilation.diagnostics] in (["E0110"], ["E0111"])


def test_places_in_an_output_are_those_of_the_file() -> None:
    text = notebook(
        {"output_type": "stream", "name": "stdout", "text": _lines(SUMMARY.replace("(Dense)", "(Dance)"))}
    )
    (found,) = compile_source(Source("n.ipynb", text)).diagnostics
    assert text[found.span.start : found.span.end] == "Dance"
