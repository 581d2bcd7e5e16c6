"""Layers that a spec declares: shapes and counts by formulas, implementations from Python, what is told of faults."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import archdsl
from archdsl.backends import own
from archdsl.backends.keras import build
from archdsl.cli.main import main
from archdsl.network import Network, Spec
from archdsl.pipeline import compile_source
from archdsl.source import Source

SPEC = """input 8x8x3
classes 4
layer mix(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c, macs H*W*k*k*in*c
layer squash(s=2): HxWxin -> ceil(H/s)xceil(W/s)xin
layer codes(n, d): HxWxin -> nxd
    params  n*d*in
a  8x8x6  mix(6)
b  8x8x5  [mix(5, k=1)] x 2
p  4x4    squash
c  -      codes(7, d=2)
h  -      flatten; fc
"""
FILE = """import keras

import archdsl


class Mix(keras.layers.Conv2D):
    def __init__(self, c, k=3, **kwargs):
        super().__init__(c, k, padding="same", **kwargs)


archdsl.register("mix", Mix)
"""


class Mix(keras.layers.Conv2D):
    def __init__(self, c: int, k: int = 3, **kwargs: Any) -> None:
        super().__init__(c, k, padding="same", **kwargs)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Leave nothing registered."""
    before = dict(own._BUILDERS)
    own._BUILDERS.clear()
    yield
    own._BUILDERS.clear()
    own._BUILDERS.update(before)


def network(text: str) -> Network:
    compilation = compile_source(Source("net.arch", text))
    assert compilation.diagnostics == ()
    return Spec(compilation).network()


def codes(text: str) -> list[str]:
    return [found.code for found in compile_source(Source("net.arch", text)).diagnostics]


def only(declared: str, use: str, shape: str = "8x8x3") -> str:
    return f"input {shape}\n{declared}\na - {use}\n"


def test_shapes_and_counts_are_those_that_are_declared() -> None:
    found = network(SPEC)
    assert [stage.computed for stage in found.stages] == [(8, 8, 6), (8, 8, 5), (4, 4, 5), (7, 2), (4,)]
    assert [stage.params.trainable for stage in found.stages] == [168, 35 + 30, 0, 7 * 2 * 5, 60]
    assert found.stages[0].macs == 64 * 9 * 3 * 6
    assert found.counts.depth == 4  # those that tell their multiply-adds, and the head


@pytest.mark.parametrize("filtered", [True, False])
def test_a_build_leaves_keras_as_it_was(filtered: bool) -> None:
    seen = []

    def signed() -> bool:
        return "__signature__" in vars(keras.layers.Dense.__init__) | vars(keras.layers.Dense.call)

    def mix(c: int, k: int, **kwargs: Any) -> Mix:
        seen.append((keras.config.is_traceback_filtering_enabled(), signed()))
        return Mix(c + (len(seen) > 1), k, **kwargs)

    archdsl.register("mix", mix)
    if not filtered:
        keras.config.disable_traceback_filtering()
    try:
        declared = "layer mix(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c"
        one = network(f"{only(declared, 'mix(3)')}b - fc 4\n")
        build(one.graph)
        with pytest.raises(own.WrongLayer):
            build(one.graph)
        assert seen == [(False, True), (False, True)]
        assert keras.config.is_traceback_filtering_enabled() is filtered
        assert not signed()
    finally:
        keras.config.enable_traceback_filtering()


def test_a_row_solves_the_stride_of_an_own_layer() -> None:
    found = network(only("layer squash(s=1): HxWxin -> ceil(H/s)xceil(W/s)xin", "3x3, 4") + "b 4x4 squash\n")
    assert found.stages[1].computed == (4, 4, 4)


@pytest.mark.parametrize(
    ("declared", "use", "code"),
    [
        ("layer mix(c): HxWxin -> HxWxc, weights in*c", "mix(3)", "E0250"),
        ("layer mix(c): HxW+1xin -> HxWxc", "mix(3)", "E0250"),
        ("layer mix(c): HxWxin -> HxWxd", "mix(3)", "E0203"),
        ("layer mix(c): HxWxin -> HxWxc, params sum(c, 2)", "mix(3)", "E0203"),
        ("layer mix(c, c): HxWxin -> HxWxc", "mix(3)", "E0213"),
        ("layer mix(c): Txin -> Txc", "mix(3)", "E0303"),
        ("layer mix(c): HxWx4 -> HxWxc", "mix(3)", "E0303"),
        ("layer mix(c): HxWxin -> (H/c)xWx3", "mix(3)", "E0303"),
        ("layer mix(c): HxWxin -> HxWxc", "mix", "E0227"),
        ("layer mix(c): HxWxin -> HxWxc", "mix(relu)", "E0303"),
        ("layer conv(c): HxWxin -> HxWxc", "conv(3)", "E0223"),
    ],
)
def test_what_is_wrong_is_told(declared: str, use: str, code: str) -> None:
    assert code in codes(only(declared, use))


def test_without_an_implementation_one_message_says_all_that_is_missing() -> None:
    with pytest.raises(own.MissingLayer) as caught:
        build(network(SPEC).graph)
    text = str(caught.value)
    assert (
        "`mix(c, k, name)`, `squash(s, name)` and `codes(n, d, name)`" in text and "archdsl.register" in text
    )


def test_an_implementation_is_called_with_the_parameters() -> None:
    archdsl.register("mix", Mix)
    text = only("layer mix(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c", "mix(6, k=5)")
    model = build(network(text).graph)
    layer = model.layers[-1]
    assert isinstance(layer, Mix) and layer.kernel_size == (5, 5) and layer.filters == 6
    assert np.asarray(model(np.zeros((2, 8, 8, 3), np.float32))).shape == (2, 8, 8, 6)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("layer mix(c): HxWxin -> HxWxc, params in*c", "has 57 parameters, but the spec declares 18"),
        ("layer mix(c): HxWxin -> HxWx(2*c), params 9*in*c + c", "gives 8x8x6, but the spec declares 8x8x12"),
    ],
)
def test_an_implementation_that_is_another_layer_is_told(declared: str, said: str) -> None:
    archdsl.register("mix", lambda c, name: keras.layers.Conv2D(c, 3, padding="same", name=name))
    text = only(declared, "mix(6)").replace("57", "57")
    with pytest.raises(own.WrongLayer, match=said.replace("57", "168")):
        build(network(text).graph)


def test_the_command_line_runs_a_file_that_registers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, file = tmp_path / "net.arch", tmp_path / "mine.py"
    spec.write_text(
        only("layer mix(c, k=3): HxWxin -> HxWxc, params k*k*in*c + c", "mix(6)"), encoding="utf-8"
    )
    file.write_text(FILE, encoding="utf-8")
    out = tmp_path / "net.py"
    assert main(["compile", str(spec), "-o", str(out)]) == 2
    assert "nothing says what it computes" in capsys.readouterr().err and not out.exists()
    assert main(["compile", str(spec), "-o", str(out), "--layers", str(file)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "from mine import Mix" in text and "Mix(c=6, k=3" in text
    scope: dict[str, Any] = {}
    exec(text, scope)
    assert scope["build"]().count_params() == 168


@pytest.mark.parametrize(
    ("text", "said"), [(None, "is not one"), ("1/0", "cannot be run: ZeroDivisionError")]
)
def test_a_file_that_cannot_be_run_is_told(
    text: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, file = tmp_path / "net.arch", tmp_path / "mine.py"
    spec.write_text(SPEC, encoding="utf-8")
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert main(["compile", str(spec), "-o", str(tmp_path / "net.py"), "--layers", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_it_is_drawn_and_compared(tmp_path: Path) -> None:
    archdsl.draw(str(_written(tmp_path, SPEC)), str(tmp_path / "net.dot"), level="layer")
    assert "squash" in (tmp_path / "net.dot").read_text(encoding="utf-8")
    assert archdsl.diff(network(SPEC), network(SPEC)).same
    assert not archdsl.diff(network(SPEC), network(SPEC.replace("mix(6)", "mix(6, k=5)"))).same


def _written(folder: Path, text: str) -> Path:
    path = folder / "net.arch"
    path.write_text(text, encoding="utf-8")
    return path
