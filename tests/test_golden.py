"""Runs the golden suites (their form: golden_runner.py), and sees that they leave nothing out."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from golden_runner import (
    Case,
    Expectation,
    GoldenError,
    compile_case,
    compute,
    fresh,
    produced,
    read_cases,
    rewrite,
)
from golden_views import VIEWS, fixed

from archdsl.network import Spec
from archdsl.ops import OPS
from archdsl.pipeline import compile_source
from archdsl.resolve.conventions import CONVENTIONS, styles
from archdsl.resolve.settings import Overrides
from archdsl.source import Source

HERE = Path(__file__).parent
ROOT = HERE.parent
SUITES = sorted((HERE / "golden").rglob("*.md"))
CASES = [case for suite in SUITES for case in read_cases(suite)]
CODE = re.compile(r"\b[EW]\d{4}\b")
PROBLEMS = ROOT / "archdsl" / "problems"
# The physical forms of tables have their cases, and their pages' examples, in test_readers.py.
# So have recipes, in test_recipe.py.
ELSEWHERE = (PROBLEMS / "readers.py", PROBLEMS / "summaries.py", PROBLEMS / "recipes.py")
# What no known input loses; tests/test_ledger.py has the message.
NEVER_SEEN = frozenset(("E0235",))
OF_OTHERS = frozenset(CODE.findall("".join(module.read_text(encoding="utf-8") for module in ELSEWHERE)))
CODES = sorted(
    {
        code
        for module in PROBLEMS.glob("*.py")
        if module not in ELSEWHERE
        for code in CODE.findall(module.read_text(encoding="utf-8"))
    }
)


def name(case: Case) -> str:
    return f"{case.path.parent.name}/{case.path.stem}: {case.title}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_case(
    case: Case, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    compilation = compile_case(case, tmp_path)
    assert produced(compilation) == case.expectations(), VIEWS["diagnostics"](compilation)
    if request.config.getoption("--update-golden"):
        case = fresh(case)
        rewrite(case, compute(case, compilation, VIEWS))
        return
    for block, text in compute(case, compilation, VIEWS).items():
        assert text == block.text, f"`{block.name}` differs; `pytest --update-golden` rewrites it"


def errors(found: Counter[Expectation]) -> int:
    return sum(count for (_, severity, _), count in found.items() if severity == "error")


@pytest.mark.parametrize("case", [case for case in CASES if case.expectations()], ids=name)
def test_every_fix_mends_its_fault(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    compilation = compile_case(case, tmp_path)
    for diagnostic in compilation.diagnostics:
        # What the command line got wrong is not mended in the file.
        for fix in diagnostic.fixes if diagnostic.source.path == compilation.source.path else ():
            mended = produced(compile_case(case, tmp_path, fixed(compilation.source, fix)))
            place = (
                diagnostic.source.position(diagnostic.span.start)[0],
                diagnostic.severity,
                diagnostic.code,
            )
            assert mended[place] < produced(compilation)[place], f"{fix.title}: {mended}"
            # A word that is mended may show what it lacks.
            if fix == diagnostic.fixes[0] and diagnostic.code.startswith("E03"):
                assert errors(mended) < errors(produced(compilation)), f"{fix.title}: {mended}"


class TestNothingIsLeftOut:
    """Every code, op, style and setting occurs in some case, every spec has its summary."""

    def test_codes(self) -> None:
        expected = {code for case in CASES for _, _, code in case.expectations()}
        assert CODES and expected - OF_OTHERS == set(CODES) - NEVER_SEEN

    def test_ops(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        clean = [compile_case(case, tmp_path) for case in CASES if not case.expectations()]
        used = {
            node.op
            for compilation in clean
            for network in Spec(compilation).networks
            for node in network.graph.nodes
        }
        assert used == set(OPS)

    def test_styles_and_settings(self) -> None:
        text = "\n".join(case.source.text + case.source.info for case in CASES)
        missing = [style for style in styles() if not re.search(rf"style[ =]+{style}\b", text)]
        missing += [key for key in CONVENTIONS if not re.search(rf"(^|, *){key}[ =:]+\S", text, re.MULTILINE)]
        assert missing == []

    def test_specs(self) -> None:
        suites = {suite.stem: read_cases(suite) for suite in SUITES if suite.parent.name == "specs"}
        shown = [*(ROOT / "specs").glob("*.arch"), *(ROOT / "specs/papers").glob("*.arch")]
        for spec in sorted(shown):  # those of specs/keras are compared with Keras itself
            first = suites[spec.stem][0]
            assert first.source.text == spec.read_text(encoding="utf-8"), (
                f"tests/golden/specs/{spec.stem}.md is stale"
            )
            assert "summary" in [block.name for block in first.views]


class TestPages:
    """The page of every problem code: what fails gives that code alone, what works gives nothing."""

    EXAMPLES = re.compile(
        r"^(Fails|Works)(?: with `([^`]+)`)?:\n\n```(arch|markdown)[^\n]*\n(.*?)^```$",
        re.MULTILINE | re.DOTALL,
    )
    # A file that is too large, too binary or not there, and a command that takes one network only.
    WITHOUT = ("E0107", "E0108", "E0109", "E0112", "W0103", "E0113", "E0115", "E0235", "E0402", "W0104")

    def test_every_code_has_one(self) -> None:
        assert {page.stem for page in (PROBLEMS / "pages").glob("*.md")} == {*CODES, *OF_OTHERS}

    @pytest.mark.parametrize("code", CODES)
    def test_examples(self, code: str) -> None:
        page = (PROBLEMS / "pages" / f"{code}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {code}: ")
        examples = self.EXAMPLES.findall(page)
        assert [kind for kind, *_ in examples] == ([] if code in self.WITHOUT else ["Fails", "Works"])
        for kind, said, form, text in examples:
            path = {"arch": "page.arch", "markdown": "page.md"}[form]
            found = [
                diagnostic.code
                for diagnostic in compile_source(Source(path, text), *self._options(said)).diagnostics
            ]
            assert found == ([code] if kind == "Fails" else [])

    def _options(self, said: str) -> tuple[Overrides, str | None]:
        """Return what `-D name=value`, `--input SHAPE`, `--variant NAME` and `FILE#TABLE` ask for."""
        name, _, value = said.removeprefix("-D ").partition("=")
        match said.partition(" ")[0]:
            case "-D":
                return Overrides(define={name: float(value)}), None
            case "--input":
                return Overrides(input=said.partition(" ")[2]), None
            case "--variant":
                return Overrides(variant=said.partition(" ")[2]), None
        return Overrides(), said.partition("#")[2] or None


class TestRunner:
    """The runner itself."""

    def write(self, folder: Path, text: str) -> Path:
        path = folder / "suite.md"
        path.write_text(text, encoding="utf-8")
        return path

    def test_reads_and_rewrites_only_views(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        spec = "input 8x8x3\nconv1 8x8 3x3, 4\n"
        before = f"# Suite\n\n## One\n\nProse.\n\n```arch --style plain\n{spec}```\n\n```shapes\nold\nold\n```\n\n## Two\n"
        after = before.replace("old\nold", "conv1: 8x8x3 -> 8x8x4")
        path = self.write(tmp_path, before + "\n```arch\n# error: [E0111]\n```\n")
        first, second = read_cases(path)
        assert second.expectations() == Counter({(1, "error", "E0111"): 1})
        rewrite(first, compute(first, compile_case(first, tmp_path), VIEWS))
        assert path.read_text(encoding="utf-8").startswith(after)
        assert compute(fresh(first), compile_case(first, tmp_path), VIEWS) == {
            fresh(first).views[0]: "conv1: 8x8x3 -> 8x8x4\n"
        }

    def test_expectations_are_by_line_and_code(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        text = "## One\n```arch\ninput 8x8x3 # error: [E0204]\nconv1 8x8 3x3, 4, bogus\n```\n"
        (case,) = read_cases(self.write(tmp_path, text))
        assert produced(compile_case(case, tmp_path)) != case.expectations()
        (case,) = read_cases(
            self.write(
                tmp_path, text.replace(" # error: [E0204]", "").replace("bogus", "bogus # error: [E0204]")
            )
        )
        assert produced(compile_case(case, tmp_path)) == case.expectations()

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("```arch\n```\n", "before the first"),
            ("## A\n```arch\n", "never closed"),
            ("## A\n```shapes\n```\n", "does not begin with an input"),
            ("## A\n```arch\n```\n## A\n```arch\n```\n", "one title"),
            ("## A\n```arch\n```\n```expect\n```\n```expect\n```\n", "two `expect`"),
        ],
    )
    def test_a_malformed_suite_is_refused(self, tmp_path: Path, text: str, complaint: str) -> None:
        with pytest.raises(GoldenError, match=complaint):
            read_cases(self.write(tmp_path, text))

    def test_an_unknown_view_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (case,) = read_cases(self.write(tmp_path, "## A\n```arch\n```\n```shapse\n```\n"))
        with pytest.raises(GoldenError, match="shapse"):
            compute(case, compile_case(case, tmp_path), VIEWS)

    def test_update_is_refused_in_ci(self) -> None:
        command = [sys.executable, "-m", "pytest", "-n", "0", "--update-golden", "--collect-only", __file__]
        result = subprocess.run(
            command, env=os.environ | {"CI": "true"}, capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert result.returncode == pytest.ExitCode.USAGE_ERROR
        assert "refused in CI" in result.stderr
