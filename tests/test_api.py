"""The Python API as its users meet it: what functions take, how results behave, types, notebooks."""

import ast
import inspect
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.data.faults import DataError
from archdsl.data.fit import Mismatch
from archdsl.face import html
from archdsl.face.notebook import load as load_magic
from archdsl.face.notebook import run as run_cell
from archdsl.recipe import RecipeError, read

ROOT = Path(__file__).parent.parent
TABLE1, RESNET = ROOT / "specs/table1.arch", ROOT / "specs/papers/resnet.arch"
TEXT = TABLE1.read_text(encoding="utf-8")
BROKEN = "input 32x32x3\nclasses 10\nconv1 9x9 3x3, 64, stride 2\nhead average pool, fc\n"


def given() -> list[Any]:
    spec = archdsl.load(TABLE1)
    return [str(TABLE1), TABLE1, "table1", TEXT, spec, spec.network()]


@pytest.mark.parametrize("one", given(), ids=["path", "Path", "name", "text", "spec", "network"])
def test_functions_take_whatever_says_a_network(one: Any, tmp_path: Path) -> None:
    archdsl.draw(one, tmp_path / "net.dot")
    assert (tmp_path / "net.dot").read_bytes().startswith(b"digraph")
    assert archdsl.diff(one, TABLE1).same
    assert not archdsl.diff("table2", one).same
    archdsl.compile(one, str(tmp_path / "net.py"))
    assert "keras" in ast.unparse(ast.parse((tmp_path / "net.py").read_text(encoding="utf-8")))


def test_a_text_is_named_and_placed() -> None:
    assert archdsl.load(TEXT).network().name == "text"
    [problem, *_] = archdsl.check(BROKEN)
    assert (problem.code, problem.line, problem.column) == ("E0301", 3, 7)
    assert "<text>:3:7" in str(problem)
    assert archdsl.check("no such file")[0].code == "E0115"


def test_what_is_loaded_is_not_read_again() -> None:
    spec = archdsl.load(RESNET)
    with pytest.raises(TypeError, match="load it with them"):
        archdsl.draw(spec, "a.dot", style="resnet")
    with pytest.raises(TypeError, match="a network already"):
        archdsl.draw(spec["50-layer"], "a.dot", table="50-layer")
    with pytest.raises(archdsl.SpecError, match="networks"):
        archdsl.draw(spec, "a.dot")


def test_one_of_several_is_drawn_by_its_name(tmp_path: Path) -> None:
    archdsl.draw(archdsl.load(RESNET), str(tmp_path / "a.dot"), table="50-layer")
    archdsl.draw(f"{RESNET}#50-layer", str(tmp_path / "b.dot"))
    assert (tmp_path / "a.dot").read_text() == (tmp_path / "b.dot").read_text()


def test_an_unknown_ending_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.keras, \.onnx"):
        archdsl.compile("table1", str(tmp_path / "net.exe"))
    assert not list(tmp_path.iterdir())


def test_source_for_pytorch(tmp_path: Path) -> None:
    archdsl.compile("table1", tmp_path / "net.py", target="torch")
    assert "nn.Module" in (tmp_path / "net.py").read_text(encoding="utf-8")
    for out, target in (("net.py", "theano"), ("net.keras", "torch")):
        with pytest.raises(ValueError, match="target"):
            archdsl.compile("table1", str(tmp_path / out), target=target)


def test_a_spec_is_a_mapping_of_its_networks() -> None:
    spec = archdsl.load(RESNET)
    assert list(spec) == [network.name for network in spec.networks] == list(spec.keys())
    assert len(spec) == len(spec.networks) > 5
    assert dict(spec) == dict(spec.items())
    assert spec["50-layer"] is spec.network("50-layer")
    assert "50-layer" in spec
    assert "51-layer" not in spec
    assert 50 not in spec  # type: ignore[operator]
    with pytest.raises(KeyError, match=r"51-layer.*50-layer"):
        spec["51-layer"]


def test_diagnostics_know_their_places_and_print() -> None:
    found = archdsl.check(BROKEN)
    assert isinstance(found, tuple)
    assert len(found.errors) + len(found.warnings) == len(found) > 0
    assert "error[E0301]" in str(found)
    assert repr(found).startswith("<Diagnostics: E0301 in line 3")
    assert archdsl.check(TABLE1) == ()
    assert str(archdsl.check(TABLE1)) == ""


def faults() -> list[Exception]:
    found: list[Exception] = [DataError("no images"), archdsl.RunError("no folder")]
    for call in (
        lambda: archdsl.load(BROKEN),
        lambda: read("modern", ["epochs=-1"]),
    ):
        with pytest.raises((archdsl.SpecError, RecipeError)) as fault:
            call()
        found.append(fault.value)
    return [*found, Mismatch(archdsl.load(TABLE1).network(), "digits", (8, 8, 1), 3)]


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: type(fault).__name__)
def test_exceptions_print_their_message_and_survive_pickling(fault: Exception) -> None:
    again = pickle.loads(pickle.dumps(fault))
    assert type(again) is type(fault)
    assert str(again) == str(fault) != ""
    for name, value in vars(fault).items():
        kept = getattr(again, name)
        assert list(map(str, kept)) == list(map(str, value)) if name == "diagnostics" else kept == value


def test_all_public_names_are_there_and_described() -> None:
    page = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    for name in archdsl.__all__:
        one = getattr(archdsl, name)
        assert inspect.getdoc(one), name
        assert f"`archdsl.{name}`" in page
    functions = {name for name, one in vars(archdsl).items() if inspect.isfunction(one) and name[0] != "_"}
    assert functions - {"load_ipython_extension"} <= set(archdsl.__all__)
    code = "from archdsl import *\nprint(sorted(name for name in dir() if name[0] != '_'))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ast.literal_eval(done.stdout) == sorted(archdsl.__all__)


USER = """
from pathlib import Path
import archdsl

spec: archdsl.Spec = archdsl.load(Path("net.arch"), define={"n": 3})
for name in spec:
    network = spec[name]
    total: int = network.params.total
    sizes: list[tuple[int, ...]] = [stage.computed for stage in network.stages]
for problem in archdsl.check("net.arch"):
    place: tuple[int, int] = problem.line, problem.column
archdsl.draw(spec, "a.svg", level="block")
archdsl.compile(spec["a"], "a.py")
same: bool = archdsl.diff(spec["a"], "b.arch").same
for path in archdsl.specs.names():
    print(path.upper())
try:
    archdsl.load("a.arch")
except archdsl.SpecError as error:
    print([one.code for one in error.diagnostics])
"""


def test_a_script_is_checked_strictly(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER, encoding="utf-8")
    (tmp_path / "wrong.py").write_text("import archdsl\narchdsl.load(3)\narchdsl.nothing\n", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--follow-imports=silent",
            str(tmp_path / "user.py"),
            str(tmp_path / "wrong.py"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = [line for line in done.stdout.splitlines() if "error:" in line]
    assert all("wrong.py" in line for line in said), done.stdout
    assert len(said) == 2, done.stdout + done.stderr


class Shell:
    """What the magic needs of IPython."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, func: Any, magic_kind: str, magic_name: str) -> None:
        assert magic_kind == "cell"
        self.magics[magic_name] = func


CELL = "conv1 32x32 3x3, 16\nhead 1x1 average pool, 10-d fc, softmax\n"


def test_the_magic_checks_a_cell_and_keeps_its_networks() -> None:
    shell = Shell()
    load_magic(shell)
    shown = shell.magics["arch"]("net --input 32x32x3 --style plain", CELL)
    assert shown is shell.user_ns["net"]
    assert shown.network().output == (10,)
    wrong = shell.magics["arch"]("bad", BROKEN)
    assert isinstance(wrong, archdsl.Diagnostics)
    assert "bad" not in shell.user_ns
    with pytest.raises(ValueError, match="cannot be the name"):
        run_cell("2net", CELL)
    with pytest.raises(ValueError, match="--wrong"):
        run_cell("--wrong", CELL)


def test_the_magic_in_ipython() -> None:
    shell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell()
    shell.run_line_magic("load_ext", "archdsl")
    result = shell.run_cell(f"%%arch net --input 32x32x3\n{CELL}", store_history=False)
    result.raise_error()
    assert isinstance(shell.user_ns["net"], archdsl.Spec)
    bundle, _ = shell.display_formatter.format(result.result)
    assert "<svg" in bundle["text/html"]


def test_a_spec_of_several_networks_is_a_table_with_one_figure_unfolded() -> None:
    spec = archdsl.load(ROOT / "specs/papers/all-cnn.arch")
    shown = spec._repr_html_()
    assert len(spec) > 1
    assert shown.count("<details") == len(spec)
    assert shown.count("<details open>") == 1
    assert shown.index("<table>") < shown.index("<details open>")
    for network in spec.networks:
        assert f"{network.params.total:,}" in shown


def test_a_folder_is_a_table_and_what_is_wrong_with_the_rest(tmp_path: Path) -> None:
    for name in ("table1", "table2"):
        (tmp_path / f"{name}.arch").write_text(
            (ROOT / f"specs/{name}.arch").read_text(encoding="utf-8"), encoding="utf-8"
        )
    (tmp_path / "bad.arch").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "page.md").write_text("No table.\n", encoding="utf-8")
    folder = archdsl.load_folder(str(tmp_path))
    assert [Path(path).name for path in folder] == ["table1.arch", "table2.arch"]
    assert [Path(path).name for path in folder.broken] == ["bad.arch"]
    shown = folder._repr_html_()
    assert shown.count("<details") == 2
    assert "table1.arch" in shown
    assert "E0301" in shown
    assert folder[str(tmp_path / "table1.arch")].network().name == "table1"
    assert "2 specs, 1 with errors" in repr(folder)


def test_further_figures_are_left_out(monkeypatch: Any) -> None:
    monkeypatch.setattr(html, "_MOST_FIGURES", 1)
    spec = archdsl.load(ROOT / "specs/papers/all-cnn.arch")
    shown = html.networks(spec.networks)
    assert shown.count("<details") == 1
    assert f"{len(spec) - 1} more" in shown


def test_comparisons_and_diagnostics_are_shown_as_a_terminal_does() -> None:
    shown = archdsl.diff("table1", "table2")._repr_html_()
    assert "<svg" in shown
    assert "<span style=" in shown
    assert "\x1b" not in shown
    wrong = archdsl.check(
        "input 32x32x3\nclasses 10\n<b>x</b> 9x9 3x3, 64, stride 2\nhead average pool, fc\n"
    )
    assert "<b>" not in wrong._repr_html_()
    assert "&lt;b&gt;" in wrong._repr_html_()
    assert "font-weight: bold; color: #e23636" in wrong[0]._repr_html_()
    assert "no errors" in archdsl.check(TABLE1)._repr_html_()


def test_a_figure_that_cannot_be_drawn_leaves_the_table(monkeypatch: Any) -> None:
    from archdsl.figure import draw
    from archdsl.figure.engine import EngineMissingError

    def missing(*_: object, **__: object) -> str:
        raise EngineMissingError("drawing needs <Graphviz>")

    monkeypatch.setattr(draw, "svg", missing)
    shown = archdsl.load(TABLE1).network()._repr_html_()
    assert "drawing needs &lt;Graphviz&gt;" in shown
    assert "<table>" in shown
