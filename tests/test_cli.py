"""The command line as a user meets it: exit codes, streams, formats, hostile and oversized input."""

import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from archdsl.explaining import blocks

ROOT = Path(__file__).parent.parent
TABLE2 = str(ROOT / "specs/table2.arch")
BROKEN = "input 32x32x3\nstyle resnet\nconv1 32x32 3x3, 64\nconv2 9x9 [3x3, 64; 3x3, 64] x2\n"


def run(*words: str, cwd: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archdsl", *words]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        check=False,
        encoding="utf-8",
        **options,
    )
    assert "Traceback" not in done.stderr
    return done


def test_help_version_and_no_command() -> None:
    assert "check" in run("--help").stdout
    assert run("--version").stdout.startswith("archdsl 0")
    assert run().returncode == 2


def test_an_unknown_command_is_guessed() -> None:
    done = run("chekc")
    assert done.returncode == 2
    assert "did you mean `check`?" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["draw", "--nosuch"], "archdsl: the following arguments are required"),
        (["draw", "x.arch", "--levle", "block"], "(did you mean `--level`?); `archdsl draw --help`"),
        (["train", "x.arch", "--limit", "0"], "archdsl: argument --limit: `0` is not a whole number"),
    ],
)
def test_an_option_that_is_wrong_is_the_first_thing_told(words: list[str], told: str) -> None:
    done = run(*words)
    assert done.returncode == 2 and done.stderr.startswith("archdsl: ") and told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["check", "draw", "compile", "bench", "train", "eval", "explain"])
def test_every_command_has_help(command: str) -> None:
    assert run(command, "--help").returncode == 0


def test_check_writes_the_table_to_stdout() -> None:
    done = run("check", TABLE2)
    assert (done.returncode, done.stderr) == (0, "")
    assert "trainable 9,910,474   total 9,922,250" in done.stdout


def test_a_broken_spec_exits_1_and_tells_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text(BROKEN, encoding="utf-8")
    done = run("check", "a.arch", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error[E0302]: conv2 is declared 9x9")
    assert " --> a.arch:4:7" in done.stderr


def test_standard_input() -> None:
    done = run("check", "-", input=BROKEN)
    assert done.returncode == 1
    assert "<stdin>:4:7" in done.stderr


def test_concise_and_github(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text(BROKEN, encoding="utf-8")
    assert run("check", "a.arch", "--format", "concise", cwd=tmp_path).stdout.startswith(
        "a.arch:4:7: error[E0302] conv2"
    )
    assert run("check", "a.arch", "--format", "github", cwd=tmp_path).stdout.startswith(
        "::error file=a.arch,line=4,col=7,"
    )


def test_json(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text(BROKEN, encoding="utf-8")
    done = run("check", TABLE2, "a.arch", "--format", "json", cwd=tmp_path)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    good, bad = document["files"]
    network = good["networks"][0]
    assert document["version"] == 1
    assert document["summary"] == {"errors": 1, "warnings": 0}
    assert network["params"] == {"trainable": 9910474, "total": 9922250}
    assert (network["input"], network["output"]) == ([32, 32, 3], [10])
    assert network["stages"][1]["inferred"][0] == {
        "fact": "stride 2 in 3x3,64, block 1",
        "because": "32x32 -> 16x16",
    }
    assert sum(stage["params"] for stage in network["stages"]) == 9910474
    assert bad["networks"] == []
    assert bad["diagnostics"][0]["range"]["start"] == {"line": 4, "column": 7}


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.arch")
    (tmp_path / "broken.arch").symlink_to("nowhere")
    for name in ("pipe.arch", "broken.arch", "n" * 300 + ".arch"):
        done = run("check", name, cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith(f"archdsl: cannot read {name}: ")
    folder = run("check", ".", cwd=tmp_path)
    assert (folder.returncode, folder.stderr.count("\n")) == (2, 2)


@pytest.mark.parametrize("name", ["a b.arch", "→.arch", "x#y.arch"])
def test_names_of_files(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("input 8x8x3\na 8x8 3x3, 4\n", encoding="utf-8")
    assert run("check", name, cwd=tmp_path).returncode == 0
    assert run("check", f"{name}#1", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("shell", "code", "told"),
    [
        ("check - < /dev/null", 1, "E0111"),
        ("check - <&-", 2, "archdsl: cannot read <stdin>: it is closed"),
        (f"check {TABLE2} >&-", 0, ""),
        (f"check {TABLE2} > /dev/full", 2, "archdsl: no space left on device"),
        (f"check {TABLE2} --format json > /dev/full", 2, "archdsl: no space left on device"),
    ],
)
def test_streams(shell: str, code: int, told: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m archdsl {shell}",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == code
    assert told in done.stderr
    assert told or not done.stderr


@pytest.mark.parametrize("path", ["missing.arch", "a\0b"])
def test_an_unreadable_file_exits_2(path: str, tmp_path: Path) -> None:
    if "\0" in path:
        from archdsl.loading import compile_path

        assert compile_path(path).diagnostics[0].code == "E0115"
        return
    done = run("check", path, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("archdsl: cannot read")


def test_a_directory(tmp_path: Path) -> None:
    table = "| Layer | Size | Block |\n|-|-|-|\n| a | 8x8 | 3x3, 4 |\n"
    for name, text in {
        "b.arch": "input 8x8x3\nparam k = 1\nvariant s: k=4\nvariant m: k=8\na 8x8 3x3, k\n",
        "a.md": f"<!-- archdsl: input 8x8x3 -->\n\n{table}",
        "deep/c.arch": "input 8x8x3\na 9x9 3x3, 4\n",
        "deep/prose.md": "Nothing here.\n",
        "deep/results.tex": "\\begin{tabular}{ll}\nModel & Error \\\\ \\midrule\nours & 3.1 \\\\\n\\end{tabular}\n",
        "deep/notes.txt": "a 9x9 3x3, 4\n",
        ".hidden/d.arch": "nonsense",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("check", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "./a.md: table-1  112 parameters  6.91 k MACs  1 stage",
        "./b.arch: b:s  112 parameters  6.91 k MACs  1 stage",
        "./b.arch: b:m  224 parameters  13.8 k MACs  1 stage",
        "3 files, 4 networks, 1 error",
    ]
    assert "a is declared 9x9 but computes 8x8" in done.stderr
    concise = run("check", "deep", "--format", "concise", cwd=tmp_path)
    assert concise.stdout.count("\n") == 1
    assert concise.stderr == "1 file, 1 network, 1 error\n"
    assert len(json.loads(run("check", ".", "--format", "json", cwd=tmp_path).stdout)["files"]) == 3
    assert run("check", "a.md", "b.arch", cwd=tmp_path).returncode == 0


def test_an_empty_directory(tmp_path: Path) -> None:
    assert run("check", ".", cwd=tmp_path).stdout == "0 files, 0 networks, 0 errors\n"


def test_two_tables_where_one_was_asked_for(tmp_path: Path) -> None:
    table = "|name|output size|structure|\n|-|-|-|\n|a|8x8|3x3, 4|\n"
    (tmp_path / "two.md").write_text(f"# One\n\n{table}\n# Two\n\n{table}", encoding="utf-8")
    assert run("check", "two.md", "--input", "8x8x3", cwd=tmp_path).returncode == 0
    done = run("draw", "two.md", "--input", "8x8x3", cwd=tmp_path)
    assert done.returncode == 1
    assert "E0113" in done.stderr
    assert "two.md#table-2" in done.stderr
    assert run("check", "two.md", "--one", "--input", "8x8x3", cwd=tmp_path).returncode == 1
    assert run("draw", "two.md#table-2", "--input", "8x8x3", "-o", "t.dot", cwd=tmp_path).returncode == 0
    assert "E0114" in run("check", "two.md#table-9", "--input", "8x8x3", cwd=tmp_path).stderr


def test_definitions_and_overrides(tmp_path: Path) -> None:
    assert "853,018" in run("check", str(ROOT / "specs/resnet-cifar.arch"), "-D", "n=9").stdout
    assert "E0217" in run("check", TABLE2, "-D", "n=9").stderr
    assert run("check", TABLE2, "-D", "n").returncode == 2
    assert "E0202" in run("check", TABLE2, "--style", "resent").stderr
    assert "E0102" in run("check", TABLE2, "--input", "32x").stderr


@pytest.mark.parametrize(
    "word", ["E0302", "resnet", "conv", "max pool", "shortcut", "relu", "columns", "FLOPs"]
)
def test_explain(word: str) -> None:
    assert run("explain", *word.split()).returncode == 0


def test_explain_what_is_not_there() -> None:
    done = run("explain", "shortcutt")
    assert done.returncode == 2
    assert "did you mean `shortcut`?" in done.stderr


def test_a_style_can_be_pasted_into_a_spec(tmp_path: Path) -> None:
    text = Path(TABLE2).read_text(encoding="utf-8")
    for style in ("resnet", "resnet-v1", "preact"):
        pasted = text.replace("style    resnet", run("explain", style).stdout)
        (tmp_path / "pasted.arch").write_text(pasted, encoding="utf-8")
        ours, named = (
            run("check", name, "--format", "json", *more, cwd=tmp_path)
            for name, more in (("pasted.arch", []), (TABLE2, ["--style", style]))
        )
        keys = ("params", "macs", "stages")
        a, b = (json.loads(done.stdout)["files"][0]["networks"][0] for done in (ours, named))
        assert [[{**s, "line": 0} for s in a[key]] if key == "stages" else a[key] for key in keys] == [
            [{**s, "line": 0} for s in b[key]] if key == "stages" else b[key] for key in keys
        ]


def test_compile_writes_source_without_a_framework(tmp_path: Path) -> None:
    code = f"import sys; from archdsl.cli.main import main; c = main(['compile', {TABLE2!r}, '-o', 'm.py']); assert 'keras' not in sys.modules; sys.exit(c)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "def build() -> keras.Model:" in (tmp_path / "m.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("m.h5", ".keras, .onnx, .tflite or .py"),
        ("nowhere/m.py", "no such file"),
        ("nowhere/m.keras", "no such file"),
    ],
)
def test_compile_refuses(output: str, words: str, tmp_path: Path) -> None:
    done = run("compile", TABLE2, "-o", output, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_saved_model_is_plain_keras(tmp_path: Path) -> None:
    """That such files load without archdsl is shown in test_backend_source.py, for every op."""
    import keras

    spec = tmp_path / "s.arch"
    spec.write_text(
        "input 8x8x3\nstyle resnet, shortcut zero-pad\na 8x8 3x3, 4\nb 4x4 [3x3, 8; 3x3, 8] x2\nc gap, 3-d fc, softmax\n",
        encoding="utf-8",
    )
    done = run("compile", "s.arch", "-o", "s.keras", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "s.keras") as archive:
        assert b"archdsl" not in archive.read("config.json")
    assert keras.models.load_model(tmp_path / "s.keras").count_params() > 0


HUGE = {
    "a million rows": ("E0107", "input 8x8x3\n" + "a\n" * 10**6),
    "a million long rows": ("E0108", "input 8x8x3\n" + "a 8x8 3x3, 4\n" * 10**6),
    "ten thousand brackets": ("E0106", "input 8x8x3\nc 8x8 " + "[" * 10**4 + "3x3, 4" + "]" * 10**4 + "\n"),
    "ten thousand open brackets": ("E0106", "input 8x8x3\nc 8x8 " + "[" * 10**4 + "\n"),
    "a long cell": ("E0109", "input 8x8x3\nc 8x8 " + "3x3,4; " * 10**5 + "\n"),
    "a billion repeats": ("E0216", "input 8x8x3\nc 8x8 [3x3, 4; 3x3, 4] x 1000000000\n"),
    "nested repeats": ("E0402", "input 8x8x3\nc 8x8 [[[3x3, 4] x 1000] x 1000] x 1000\n"),
    "a number of ten thousand digits": ("E0207", "input 8x8x3\nc 8x8 3x3, " + "9" * 10**4 + "\n"),
    "a line of words": ("E0109", "input 8x8x3\n" + "conv " * 10**5 + "\n"),
    "a line of pipes": (
        "E0109",
        "input 8x8x3\nname | output size | a | b\nc | 8x8 | 3x3, 4 | 3x3, 4\n" + "x2 |" * 10**5 + "\n",
    ),
    "a long product": ("E0118", "input 8x8x3\nc 8x8 3x3, " + "9*" * 20_000 + "9\n"),
    "many minus signs": ("E0118", "input 8x8x3\nc 8x8 3x3, " + "-" * 20_000 + "9\n"),
    "spaces": ("E0107", "input 8x8x3\n|a|" + " " * 10**6 + "--|\n" + "a\n" * 30_000),
    "spaces in an open bracket": ("E0103", "input 8x8x3\nc 8x8 [3x3, 4" + " " * 40_000 + ";\n"),
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_input_is_refused_in_bounded_memory(name: str, tmp_path: Path) -> None:
    code, text = HUGE[name]
    (tmp_path / "huge.arch").write_text(text, encoding="utf-8")
    limit = 400 * 2**20  # address space: the resident peak is far below
    done = run(
        "check",
        "huge.arch",
        "--format",
        "concise",
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert done.returncode == 1, done.stderr
    assert f"[{code}]" in done.stdout
    assert done.stdout.count("\n") == 1
    assert len(done.stdout) < 400


def test_a_hostile_name_cannot_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text("input 8x8x3\n| \x1b[31mred\x07 | 9x9 | 3x3, 4 /2 |\n", encoding="utf-8")
    done = run("check", "a.arch", cwd=tmp_path)
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr


def test_debug_shows_the_traceback_of_our_own_mistakes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import archdsl.cli.check as module
    from archdsl.cli.main import main

    def fail(args: object) -> int:
        raise KeyError("ours")

    monkeypatch.setattr(module, "run", fail)
    assert main(["check", TABLE2]) == 70
    assert "a bug in archdsl" in capsys.readouterr().err
    with pytest.raises(KeyError):
        main(["check", TABLE2, "--debug"])


def test_more_problems_than_are_listed_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text(
        "input 8x8x3\n"
        + "".join(f"| r{i} | 8x8 | foo{chr(97 + i % 26)}{chr(97 + i // 26)} |\n" for i in range(150)),
        encoding="utf-8",
    )
    done = run("check", "a.arch", cwd=tmp_path)
    assert done.returncode == 1
    assert "error: 100 errors" in done.stderr
    assert done.stderr.count("more are not listed") == 1


def test_a_broken_table_is_drawn_with_what_is_wrong_in_each_row(tmp_path: Path) -> None:
    text = "input 32x32x3\nconv1  32x32  3x3, 8\nconv2  16x16  [3x3, 8; 3x3, 8 x2\nhead   1x1  average pool, softmaxx\n"
    (tmp_path / "net.arch").write_text(text, encoding="utf-8")
    done = run("draw", "net.arch", "-o", "net.dot", cwd=tmp_path)
    assert done.returncode == 1
    dot = (tmp_path / "net.dot").read_text(encoding="utf-8")
    assert "2 errors: E0103 at net.arch:3:" in dot
    for said in (
        "declared 16×16, not computed",
        "E0103: missing `]`",
        "help: close the block",
        "E0204: unknown layer `softmaxx`",
    ):
        assert said in dot


@pytest.mark.parametrize("block", blocks.names())
def test_explain_and_draw_a_block(block: str, tmp_path: Path) -> None:
    page = run("explain", block).stdout
    assert f"block {block}" in page and f"used:    {block}" in page
    assert run("explain", block, "-o", "b.dot", cwd=tmp_path).returncode == 0
    assert "digraph" in (tmp_path / "b.dot").read_text(encoding="utf-8")


def test_the_page_of_a_block() -> None:
    page = run("explain", "fire", "module").stdout
    assert page.startswith(
        "fire: a block of the style squeezenet\n\nwritten: fire, fire module, fire layer\n"
    )
    assert "    fire-expand(e1, e3)\n" in page
    assert re.search(r"^  s1 +column `s1x1` or", page, re.MULTILINE)
    assert re.search(
        r"^  s +default 1; column of stride; solved from the sizes",
        run("explain", "MBConv").stdout,
        re.MULTILINE,
    )


def test_explain_a_block_of_a_file(tmp_path: Path) -> None:
    spec = tmp_path / "own.arch"
    spec.write_text(
        "input 8x8x3\nparam r = 2\nblock gate(c)\n    1x1, (c*r)\nblock unit(c)\n    gate(c)\n    3x3, c\na 8x8 unit(4)\n"
    )
    page = run("explain", f"{spec}#unit").stdout
    assert page.startswith(f"unit: a block of {spec}\n")
    assert "    gate(c)\n    3x3, c\n" in page
    assert run("explain", f"{spec}#unit", "-o", str(tmp_path / "unit.dot")).returncode == 0
    assert "nothing is called" in run("explain", f"{spec}#nothing").stderr


def test_explain_blocks_that_are_not_there(tmp_path: Path) -> None:
    assert "did you mean `MBConv`" in run("explain", "MBConw").stderr
    done = run("explain", "conv", "-o", "b.svg", cwd=tmp_path)
    assert done.returncode == 2 and "no block is called `conv`" in done.stderr
    assert "does not end in a format" in run("explain", "fire", "-o", "b.txt", cwd=tmp_path).stderr
    assert "\n  separable-conv, squeeze-excite" in run("explain").stdout
