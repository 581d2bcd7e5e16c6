"""The Python face: load, check, build, draw, their results and what a notebook shows."""

import subprocess
import sys
from pathlib import Path

import pytest

import archdsl

ROOT = Path(__file__).parent.parent
TABLE2 = str(ROOT / "specs/table2.arch")
BROKEN = "input 32x32x3\nconv1 9x9 3x3, 64, stride 2\nconv2 gapool\n"


def test_the_results_of_load() -> None:
    spec = archdsl.load(TABLE2)
    network = spec.network()
    assert spec.networks == (network,)
    assert (network.name, network.input, network.output) == ("table2", (32, 32, 3), (10,))
    assert [stage.name for stage in network.stages] == [
        "Conv1",
        "Conv2-x",
        "Conv3-x",
        "Conv4-x",
        "Conv5-x",
        "head",
    ]
    assert network.stages[2].computed == (8, 8, 128)
    assert network.stages[2].blocks == 3
    assert sum(stage.params.total for stage in network.stages) == network.params.total
    assert sum(stage.macs for stage in network.stages) == network.macs == network.counts.macs
    assert "table2" in repr(spec) + repr(network)


def test_paths_may_be_path_objects() -> None:
    assert archdsl.load(ROOT / "specs/table1.arch").network().name == "table1"


def test_errors_carry_their_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "a.arch"
    path.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(archdsl.SpecError) as fault:
        archdsl.load(str(path))
    assert [diagnostic.code for diagnostic in fault.value.diagnostics] == ["E0301", "E0204"]
    assert "error[E0301]" in str(fault.value)
    assert [diagnostic.code for diagnostic in archdsl.check(str(path))] == ["E0301", "E0204"]
    assert archdsl.check(TABLE2) == ()


def test_a_missing_file_is_a_spec_error() -> None:
    with pytest.raises(archdsl.SpecError, match="cannot read"):
        archdsl.load("nowhere.arch")


def test_an_unknown_table_is_told() -> None:
    with pytest.raises(archdsl.SpecError, match="no table `nine`"):
        archdsl.load(TABLE2).network("nine")


def test_a_notebook_shows_figure_and_table() -> None:
    html = archdsl.load(TABLE2)._repr_html_()
    assert html.count("<svg") == 1
    assert "<table>" in html
    assert "9,910,474" in html


def test_draw_writes_by_the_ending(tmp_path: Path) -> None:
    for ending, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")):
        out = tmp_path / f"t.{ending}"
        archdsl.draw(TABLE2, str(out))
        assert out.read_bytes().startswith(start)


def test_import_and_load_leave_heavy_packages_out() -> None:
    code = f"import sys, archdsl; archdsl.load({TABLE2!r}).network(); print([m for m in ('numpy', 'keras', 'tensorflow', 'lark', 'dataclasses', 'json', 'logging', 'difflib') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_unknown_attributes_fail_as_usual() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        archdsl.nothing  # noqa: B018


def test_the_figures_of_the_readme_are_current() -> None:
    from archdsl.figure.draw import svg

    for name in ("table1", "table2"):
        network = archdsl.load(str(ROOT / f"specs/{name}.arch")).network()
        golden = (ROOT / f"tests/golden/figure/{name}.dot").read_text(encoding="utf-8")
        from archdsl.figure.dot import figure_dot

        assert figure_dot(network.graph, file=f"{name}.arch") == golden
        assert svg(network).count("<svg") == 1
