"""Who may import whom, by reading every module; and what the light commands leave out, by running them."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "archdsl"
SPEC = ROOT / "specs" / "table2.arch"

# Part of the package -> the parts it may import. At the top of a module only parts that stand earlier here may be
# imported, so there are no cycles; the few exceptions (a notebook shows a network) are inside functions.
MAY_IMPORT = {
    "light": "",  # what `typing` has, for everyone
    "_patterns": "",  # written when the package is built
    "patterns": "_patterns",
    "pattern_codes": "patterns",
    "source": "",
    "writing": "",
    "extras": "",  # which packages are installed
    "specs": "",
    "diagnostics": "source render face",
    "kept": "diagnostics",
    "ops": "patterns",
    "problems": "source diagnostics",
    "lang": "patterns ops",
    "text": "patterns source diagnostics",
    "table": "patterns source diagnostics problems lang text",
    "forms": "patterns source diagnostics problems lang text table",
    "native": "kept patterns source diagnostics problems lang text table",
    "syntax": "kept patterns source diagnostics ops problems lang text table native",
    "graph": "source diagnostics ops problems",
    "resolve": "patterns source diagnostics ops problems lang text syntax graph",
    "solve": "source diagnostics ops problems syntax graph resolve why",
    "why": "source diagnostics ops problems lang syntax graph resolve solve",
    "lower": "kept source diagnostics ops problems syntax graph resolve solve why",
    "claims": "patterns source diagnostics ops problems lang text syntax graph resolve",
    "detect": "patterns source diagnostics problems lang text forms table native syntax graph resolve solve lower claims",
    "ledger": "source diagnostics problems lang text table",
    "pipeline": "kept patterns source diagnostics problems lang text forms table native syntax graph resolve solve why lower claims detect ledger",
    "loading": "specs source diagnostics problems text graph resolve solve lower claims pipeline",
    "network": "source diagnostics problems graph resolve solve lower claims pipeline render face",
    "fixing": "source diagnostics",
    "format": "source diagnostics lang text table native syntax graph resolve solve lower claims pipeline",
    "compare": "ops graph resolve solve lower claims network render figure face",
    "explaining": "source diagnostics ops problems lang syntax graph resolve solve lower claims pipeline loading network",
    "render": "source diagnostics problems graph resolve solve lower claims pipeline network compare ledger",
    "figure": "source diagnostics pipeline ops graph resolve solve lower claims network compare writing",
    "backends": "extras diagnostics ops graph resolve solve lower claims",
    "browser": "source diagnostics problems graph resolve solve lower claims pipeline loading network format render figure backends",
    "data": "network writing",
    "scale": "extras backends",
    "recipe": "source diagnostics problems loading",
    "train": "source diagnostics ops graph resolve solve lower claims pipeline loading network figure backends scale data recipe evaluate archdsl writing",
    "evaluate": "network figure backends data recipe train writing format archdsl",
    "deploy": "extras ops graph resolve solve lower claims network backends data recipe train archdsl",
    "foreign": "source diagnostics ops lang syntax graph resolve lower pipeline network compare backends deploy",
    "sweep": "backends data recipe train",
    "highlight": "ops lang syntax resolve",
    "editor": "archdsl kept source diagnostics ops problems lang text native syntax graph resolve solve lower why claims pipeline loading network explaining ledger render figure format",
    "assistant": "archdsl source diagnostics problems pipeline loading network explaining render figure graph resolve solve lower claims",
    "cli": "explaining highlight editor assistant fixing extras specs source diagnostics ops problems lang syntax graph resolve solve lower claims pipeline loading network format compare render figure backends scale data recipe train evaluate sweep deploy browser foreign archdsl writing",
    "__main__": "cli",
    "face": "source diagnostics resolve loading pipeline network compare render figure backends scale deploy writing cli",
    "archdsl": "extras specs face diagnostics graph resolve solve lower claims loading network compare figure backends train",
}
# Library -> the modules that may import it; `backends/` and the like stand for all their modules.
ONLY = {
    "lark": ("syntax/",),
    "shtab": ("cli/completion.py",),
    "graphviz": ("figure/engine.py",),
    "pygraphviz": ("figure/engine.py",),
    "keras": ("backends/", "scale/", "data/", "train/"),
    "tensorflow": ("backends/", "scale/", "data/", "train/", "deploy/"),
    "numpy": ("backends/", "scale/", "data/", "train/", "evaluate/", "deploy/", "foreign/"),
    "h5py": ("foreign/h5.py",),
    "jax": ("scale/",),
    "torch": ("train/hardware.py", "deploy/engines/torch.py", "train/determinism.py"),
    "scipy": (
        "data/",
        "evaluate/",
    ),
    "sklearn": ("data/", "evaluate/"),
    "matplotlib": ("data/sheet.py", "evaluate/"),
    "rich": ("train/live.py", "cli/progress.py"),
    "google_crc32c": ("data/records/",),
    "PIL": ("data/", "train/log/pictures.py", "evaluate/"),
    "tensorboard": ("train/log/",),
    "ml_dtypes": ("train/checkpoint.py",),
    "mlflow": ("train/log/trackers.py",),
    "optuna": ("sweep/study.py",),
    "wandb": ("train/log/trackers.py",),
    "onnx": ("deploy/", "foreign/onnx/"),
    "onnxruntime": ("deploy/",),
    "ai_edge_litert": ("deploy/",),
    "lsprotocol": ("editor/protocol.py", "editor/server.py"),
    "pygls": ("editor/server.py",),
    "mcp": ("assistant/server.py",),
    "mcp_types": ("assistant/server.py",),
    "pydantic": ("assistant/server.py",),
    "pygments": ("highlight/lexer.py",),
}
# The progress of a training run is written while it runs; a trial is a program that answers on its standard output.
MAY_PRINT = ("cli/", "train/progress.py", "train/trial.py")
HEAVY = ("tensorflow", "keras", "numpy", "lark", "dataclasses", "pathlib", "rich", "matplotlib")

# Of `table`, what reads a spec of our own form; everything else there and in `forms` starts with other forms.
NATIVE = {"table.operators", "table.roles", "table.shapes", "table.stands", "table.upwards", "table.window"}


class Import(NamedTuple):
    """An import as it stands: `top` at module level, so that it happens with the module."""

    name: str
    line: int
    top: bool


def imports(path: Path) -> Iterator[Import]:
    """List what a module imports when it runs (not what only its types need)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node, top in _running(tree, True):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield Import(node.module or "", node.lineno, top)


def _running(node: ast.AST, top: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        if (
            isinstance(child, ast.If)
            and isinstance(child.test, ast.Name)
            and child.test.id == "TYPE_CHECKING"
        ):
            continue
        yield child, top
        yield from _running(child, top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def part(path: Path) -> str:
    """Return the part of the package that a module belongs to."""
    relative = path.relative_to(PACKAGE)
    return (
        "archdsl"
        if relative.name == "__init__.py" and len(relative.parts) == 1
        else relative.parts[0].removesuffix(".py")
    )


def within(path: Path, places: tuple[str, ...]) -> bool:
    relative = path.relative_to(PACKAGE).as_posix()
    return any(relative.startswith(place) if place.endswith("/") else relative == place for place in places)


# The tables made when the package is installed are data.
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("_tables.py", "_patterns.py"))


def test_every_part_is_in_the_table() -> None:
    assert {part(path) for path in MODULES} - set(MAY_IMPORT) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports(path: Path) -> None:
    own = part(path)
    order = list(MAY_IMPORT)
    for found in imports(path):
        library, _, rest = found.name.partition(".")
        place = f"{path.relative_to(ROOT)}:{found.line}"
        if library == "archdsl":
            target = rest.partition(".")[0] or "archdsl"
            assert target in (own, "light", *MAY_IMPORT[own].split()), f"{place}: {own} imports {target}"
            early = target == "archdsl" or order.index(target) <= order.index(own)
            assert early or not found.top, (
                f"{place}: {target} comes after {own}; import it where it is needed"
            )
        elif library not in sys.stdlib_module_names:
            assert within(path, ONLY.get(library, ())), f"{place}: {library} has no business here"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    printing = [
        node.lineno
        for node in calls
        if isinstance(node.func, ast.Name) and node.func.id in {"print", "exit", "input"}
    ]
    assert not printing or within(path, MAY_PRINT)


def loaded_by(*argv: str) -> set[str]:
    """Run a command in a fresh interpreter and give the modules it has loaded at its end."""
    code = (
        "import sys\nfrom archdsl.cli.main import main\n"
        f"code = main({list(argv)!r})\n"
        "print('\\n'.join(['LOADED', *sys.modules]))\nsys.exit(code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(result.stdout.partition("LOADED\n")[2].split())


def test_check_is_light() -> None:
    loaded = loaded_by("check", str(SPEC))
    assert "archdsl.cli.check" in loaded
    # Where no tables were made at installation, Lark is there to make them.
    heavy = set(HEAVY) - (
        set() if (PACKAGE / "syntax" / "_tables.py").exists() else {"lark", "dataclasses", "pathlib"}
    )
    assert heavy & loaded == set()
    readers = {
        name.removeprefix("archdsl.")
        for name in loaded
        if name.startswith(("archdsl.forms.", "archdsl.table."))
    }
    assert readers <= NATIVE  # no reader of another form
    assert not [
        name
        for name in loaded
        if name.startswith(("archdsl.format", "archdsl.figure", "archdsl.compare", "archdsl.backends"))
    ]


def test_a_check_that_fails_is_light(tmp_path: Path) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text("input 32x32x3\nconv1 9x9 [3x3, 64; 3x3, rellu] x2\n", encoding="utf-8")
    code = f"import sys\nfrom archdsl.cli.main import main\nmain(['check', {str(spec)!r}])\nprint('\\n'.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(result.stdout.split())
    assert "archdsl.render.text" in loaded
    assert {"tensorflow", "keras", "numpy", "rich", "json", "unicodedata"} & loaded == set()


def test_draw_leaves_the_heavy_libraries_out(tmp_path: Path) -> None:
    loaded = loaded_by("draw", str(SPEC), "-o", str(tmp_path / "net.svg"))
    assert "archdsl.figure.draw" in loaded
    assert {"tensorflow", "keras", "numpy", "sklearn", "matplotlib"} & loaded == set()


def test_the_face_is_light() -> None:
    code = "import sys, archdsl\narchdsl.load('specs/table2.arch')\nprint('\\n'.join(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert {"tensorflow", "keras", "numpy"} & set(result.stdout.split()) == set()
