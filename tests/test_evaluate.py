"""Evaluation: the numbers against their definitions, odd outputs and names, and the page in a browser."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands import archdsl

from archdsl.data.images import ImageData, Split
from archdsl.evaluate import Evaluation, measure
from archdsl.evaluate.report import html_report, markdown_report, write
from archdsl.evaluate.table import Table, latex, latex_text, markdown, markdown_text
from archdsl.evaluate.views import written
from archdsl.train.folder import RunFolder

NAMES = ("<b>bird</b>", "R&D", "a|b", "snake_case", "50% $x$", "#1 \\ ~^{}")
ROWS = [
    {
        "epoch": number,
        "loss": 2 / number,
        "accuracy": 1 - 1 / (number + 1),
        "val_loss": 2.2 / number,
        "val_accuracy": 0.8 - 0.5 / number,
    }
    | {"rate": 0.1 / number, "img_s": 1000.0, "seconds": 3.0 * number}
    for number in range(1, 31)
]
CONFIG: dict[str, Any] = {
    "version": 2,
    "network": "net <i>&",
    "parameters": {"trainable": 269_722, "total": 271_098},
    "spec": {
        "file": "spec.arch",
        "source": "a.arch",
        "table": None,
        "define": {"n": 3},
        "style": None,
        "input": None,
        "variant": None,
    },
    "data": {"name": "images", "classes": ["a"]},
    "images": {"train": 9},
    "labels": {"train": "abc"},
    "pixels": {"mean": [0.5], "deviation": [0.5]},
    "scaling": {"scale": [1.0], "offset": [0.0]},
    "backend": "tensorflow",
    "save_every": "5min",
    "recipe": {"name": "modern", "epochs": 30, "batch_size": 128, "flip": True},
    "seed": 1,
    "precision": "float32",
    "versions": {"archdsl": "0.1"},
}
SVG = '<?xml version="1.0"?>\n<svg width="40pt" height="20pt" class="archdsl-figure" role="img">\n<desc>net</desc>\n<rect width="9" height="9" fill="#1b1f24"/></svg>\n'


class Given:
    """A model that gives these outputs, batch by batch."""

    def __init__(self, outputs: np.ndarray) -> None:
        self.outputs = outputs

    def predict(self, batches: Any, verbose: int) -> np.ndarray:
        assert sum(len(images) for images, _ in batches) == len(self.outputs)
        return self.outputs


def given(outputs: Any, labels: Any, names: tuple[str, ...] | None = None, channels: int = 3) -> Evaluation:
    """Measure outputs of shape (images, classes) against labels, on images of noise."""
    from archdsl.recipe import read

    outputs = np.asarray(outputs, np.float32)
    names = names or tuple(f"class {number}" for number in range(outputs.shape[-1]))
    pixels = np.random.default_rng(1).integers(0, 256, (len(outputs), 8, 8, channels), np.uint8)
    split = Split(pixels, np.asarray(labels, np.int64), "images of noise")
    data = ImageData("noise", names, {"test": split}, (0.5,) * channels, (0.25,) * channels, flip=True)
    return measure(Given(outputs), data, "test", read("modern"))


def guesses(images: int, classes: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return logits that are right more often than not, and the labels."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, classes, images)
    return random.normal(size=(images, classes)) + 3 * np.eye(classes)[labels], labels


@pytest.fixture(scope="module")
def ten() -> Evaluation:
    return given(*guesses(400, 10))


def test_numbers_are_what_their_definitions_say() -> None:
    logits, labels = guesses(400, 10)
    found = given(logits, labels)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    order = np.argsort(-logits, 1)
    assert found.accuracy == (order[:, 0] == labels).mean()
    assert found.top_5 == pytest.approx((order[:, :5] == labels[:, None]).any(1).mean())
    assert found.cross_entropy == pytest.approx(-np.log(shares[np.arange(400), labels]).mean(), rel=1e-5)
    assert np.array(found.confusion).sum() == 400
    assert np.trace(found.confusion) == round(found.accuracy * 400)
    assert found.softmax_applied


def test_the_interval_is_wilson_s() -> None:
    found = given(np.eye(2)[[0] * 10], [0] * 9 + [1])
    z, p, n = 1.959964, 0.9, 10
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert found.interval == pytest.approx(
        ((middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)), abs=1e-5
    )
    assert found.as_json()["interval"]["method"] == "wilson"


def test_the_calibration_error_and_its_curve() -> None:
    from sklearn.calibration import calibration_curve

    logits, labels = guesses(3000, 4)
    found = given(logits, labels)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    right, confidence = shares.argmax(1) == labels, shares.max(1)
    accuracies, confidences = calibration_curve(right, confidence, n_bins=15)
    used = [one for one in found.bins if one.images]
    np.testing.assert_allclose([one.accuracy for one in used], accuracies)
    np.testing.assert_allclose([one.confidence for one in used], confidences, rtol=1e-6)
    error = sum(one.images * abs((one.accuracy or 0) - (one.confidence or 0)) for one in used) / 3000
    assert found.calibration_error == pytest.approx(error)


def test_perfect_confidence_is_perfectly_calibrated() -> None:
    found = given(np.eye(3)[[0, 1, 2, 0]], [0, 1, 2, 0])
    assert (found.calibration_error, found.accuracy, found.mistakes, found.softmax_applied) == (
        0,
        1,
        (),
        False,
    )
    assert found.bins[-1].images == 4
    assert "no mistake" in html_report({}, [], found)


def test_mistakes_come_in_the_order_of_their_confidence(ten: Evaluation) -> None:
    confidences = [one.confidence for one in ten.mistakes]
    assert len(confidences) == len(ten.pictures) == 24
    assert confidences == sorted(confidences, reverse=True)
    assert all(one.truth != one.predicted and one.truth_confidence <= one.confidence for one in ten.mistakes)


def test_outputs_that_are_not_finite_are_mistakes_and_said() -> None:
    logits, labels = guesses(100, 10)
    whole = given(logits, labels)
    right = int((np.argmax(logits[:40], 1) == labels[:40]).sum())
    logits[:39], logits[39, 3] = np.nan, np.inf
    found = given(logits, labels)
    assert found.not_finite == 40
    assert round(found.accuracy * 100) == round(whole.accuracy * 100) - right
    assert np.array(found.confusion).sum() == 60
    for text in (written(found), html_report({}, [], found), markdown_report(CONFIG, [], found)):
        assert "40 of 100 images is not finite" in text
    json.dumps(found.as_json(), allow_nan=False)


def test_a_model_of_nothing_but_nan_is_told_without_a_number() -> None:
    found = given(np.full((20, 7), np.nan), [1] * 20)
    assert (found.accuracy, found.top_5, found.cross_entropy, found.calibration_error) == (0, 0, None, None)
    assert found.not_finite == 20
    assert "nothing to calibrate" in html_report(CONFIG, ROWS, found)
    assert markdown_report(CONFIG, ROWS, found)
    json.dumps(found.as_json(), allow_nan=False)


@pytest.mark.parametrize("classes", [1, 2, 10])
def test_a_split_with_one_class(classes: int) -> None:
    found = given(np.eye(classes)[[0] * 8], [0] * 8)
    assert found.accuracy == 1
    assert found.per_class[0][1:] == (1, 1, 1, 8)
    assert all(row[1:] == (None, None, None, 0) for row in found.per_class[1:])
    assert found.macro == (1, 1, 1)
    assert html_report(CONFIG, ROWS, found)
    json.dumps(found.as_json(), allow_nan=False)


def test_test_time_flips_average_both_images() -> None:
    from types import SimpleNamespace

    class Left:
        def predict(self, batches: Any, verbose: int) -> np.ndarray:
            brightness = np.concatenate([images[:, 0, 0, 0] for images, _ in batches]) > 0
            return np.stack([brightness, 1 - brightness], 1).astype(np.float32)

    pixels = np.zeros((3, 2, 2, 1), np.uint8)
    pixels[0, :, 0], pixels[1] = 255, 255  # bright on the left, everywhere, nowhere
    data = ImageData(
        "x", ("bright", "dark"), {"test": Split(pixels, np.array([0, 0, 1]), "")}, (0.5,), (0.5,), flip=True
    )
    found = measure(Left(), data, "test", SimpleNamespace(scaling="standard", test_flips=True))  # type: ignore[arg-type]
    assert found.flips
    assert found.cross_entropy == pytest.approx(np.log(2) / 3, rel=1e-5)
    assert "mirror image" in written(found)


def test_names_are_escaped_in_every_form(tmp_path: Path) -> None:
    found = given(*guesses(60, len(NAMES)), names=NAMES)
    page = html_report(CONFIG, ROWS, found, SVG)
    assert "<b>" not in page
    assert "<i>" not in page
    assert html.escape(NAMES[0]) in page
    text = markdown_report(CONFIG, ROWS, found)
    assert "<b>" not in text
    rows = [line for line in text.splitlines() if line.startswith(("| a", "| R&", "| snake"))]
    assert rows
    assert all(len(re.findall(r"(?<!\\)\|", row)) in (5, 6) for row in rows)
    assert (
        latex_text("a_b & 50% $x$ #1 {~^}")
        == r"a\_b \& 50\% \$x\$ \#1 \{\textasciitilde{}\textasciicircum{}\}"
    )
    assert markdown_text("a|b_c*d<e>\n`f`") == r"a\|b\_c\*d&lt;e&gt; \`f\`"
    assert len(_written(tmp_path / "run", found)) == 8


def _written(run: Path, found: Evaluation) -> list[str]:
    run.mkdir()
    (run / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    (run / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    names = write(RunFolder(str(run)), found)
    assert all((run / name).stat().st_size > 100 for name in names)
    return names


def test_a_table_in_markdown_and_latex() -> None:
    table = Table("Runs of a & b", ("run", "top_1"), (("r|1", "0.9"), ("r_2", "0.8")), 1, frozenset({(0, 1)}))
    assert markdown(table) == "| run | top\\_1 |\n| --- | ---: |\n| r\\|1 | **0.9** |\n| r\\_2 | 0.8 |\n"
    text = latex(table, "tab:runs")
    assert r"\caption{Runs of a \& b}" in text
    assert r"r\_2 & 0.8 \\" in text
    assert r"\textbf{0.9}" in text


def test_rows_of_an_odd_run_do_not_stop_a_report() -> None:
    odd = [
        {"epoch": 1, "loss": float("nan"), "accuracy": 0.1},
        {"epoch": 2, "loss": float("inf"), "val_accuracy": None},
    ]
    assert "Learning curves" in html_report(CONFIG, odd, None)
    assert "| 1 | –" in markdown_report(CONFIG, odd, None)
    assert "No epoch was finished" in markdown_report(CONFIG, [], None)
    assert html_report({}, [], given(*guesses(9, 3)))


@pytest.mark.parametrize("classes", [20, 100, 1000])
def test_many_classes_stay_readable(classes: int, tmp_path: Path) -> None:
    found = given(
        *guesses(4 * classes, classes), tuple(f"a rather long name of class {n}" for n in range(classes))
    )
    text = written(found)
    assert max(map(len, text.splitlines())) < 260
    assert len(text.splitlines()) < 70
    names = _written(tmp_path / "run", found)
    assert (tmp_path / "run" / "report.md").read_text(encoding="utf-8").count("\n") < 130
    assert (
        sum((tmp_path / "run" / name).stat().st_size for name in names if name.endswith(".html")) < 2_000_000
    )


# In a browser -------------------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[str, list[str]]]:
    """Open a page in headless Chromium; give its document, and what the console says."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    profile = tmp_path_factory.mktemp("profile")

    def open_page(page: Path, *options: str) -> tuple[str, list[str]]:
        quiet = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
        ]
        command = [
            CHROMIUM,
            *quiet,
            f"--user-data-dir={profile}",
            "--enable-logging=stderr",
            *options,
            page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    return open_page


@pytest.mark.parametrize("classes", [6, 100])
def test_a_browser_shows_the_page_and_loads_nothing(
    classes: int, browse: Callable[..., tuple[str, list[str]]], tmp_path: Path
) -> None:
    logits, labels = guesses(4 * classes, classes)
    page = tmp_path / "report.html"
    page.write_text(
        html_report(CONFIG, ROWS, given(logits, labels, NAMES if classes == 6 else None), SVG),
        encoding="utf-8",
    )
    document, console = browse(page, "--dump-dom")
    assert console == []
    assert document.count("<h2>") == 8
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', document)
    assert all(re.search(r'\balt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", document))
    pictures = re.findall(r"<svg[^>]*>\s*(<\w+)", document)
    assert len(pictures) >= 3
    assert set(pictures) <= {"<title", "<desc"}
    names = re.findall(r'\bid="([^"]+)"', document)
    assert len(names) == len(set(names))


def test_a_request_would_be_seen(browse: Callable[..., tuple[str, list[str]]], tmp_path: Path) -> None:
    """The page forbids every request, so one shows up as an error of the console."""
    text = html_report(CONFIG, ROWS, None).replace("<main>", '<main><img src="http://127.0.0.1:9/x.png">')
    (tmp_path / "report.html").write_text(text, encoding="utf-8")
    _, console = browse(tmp_path / "report.html", "--dump-dom")
    assert any("Content Security Policy" in line for line in console)


def test_the_page_can_be_printed(browse: Callable[..., tuple[str, list[str]]], tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(
        html_report(CONFIG, ROWS, given(*guesses(80, 10)), SVG), encoding="utf-8"
    )
    _, console = browse(
        tmp_path / "report.html", f"--print-to-pdf={tmp_path / 'report.pdf'}", "--no-pdf-header-footer"
    )
    assert console == []
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_letters_that_the_font_lacks_are_no_words_of_the_command(recwarn: pytest.WarningsRecorder) -> None:
    from matplotlib.figure import Figure

    from archdsl.evaluate import plots

    figure = Figure()
    figure.text(0.5, 0.5, "\u65e5\u672c")
    assert plots.png(figure)[:4] == b"\x89PNG" and plots.svg(figure)
    assert not recwarn.list


# Several runs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Make three run folders, without weights: of two rates, and one that has no epoch yet."""
    for number, (name, rate) in enumerate((("a_1", 0.1), ("b&2", 0.05), ("c|3", 0.05))):
        run = tmp_path / name
        run.mkdir()
        config = CONFIG | {"recipe": {"name": "modern", "rate": rate}, "seed": number}
        (run / "config.json").write_text(json.dumps(config), encoding="utf-8")
        rows = [row | {"val_accuracy": row["val_accuracy"] + number / 100} for row in ROWS if number < 2]
        (run / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = given(*guesses(200, 10)).as_json()
    (tmp_path / "b&2/eval-test.json").write_text(json.dumps(found), encoding="utf-8")
    return tmp_path


def test_compare_tells_what_differs_and_which_is_best(three: Path) -> None:
    done = archdsl("compare", "a_1", "b&2", "c|3", "--out", "both", cwd=three)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split() for line in lines if line.startswith(("recipe.rate", "seed"))] == [
        ["recipe.rate", "0.1", "0.05", "0.05"],
        ["seed", "0", "1", "2"],
    ]
    assert not [line for line in lines if line.startswith(("network", "recipe.name"))]
    text = (three / "both/compare.md").read_text(encoding="utf-8")
    assert "| a\\_1 | 269,722 | 30 | 78.33 % |" in text
    assert "| b&amp;2 | 269,722 | 30 | **79.33 %** |" in text
    assert "| c\\|3 | 269,722 | 0 | – |" in text
    table = (three / "both/compare.tex").read_text(encoding="utf-8")
    assert r"b\&2 & 269,722 & 30 & \textbf{79.33 \%}" in table
    assert r"a\_1 &" in table
    assert {path.name for path in (three / "both").iterdir()} >= {
        "compare.html",
        "compare.json",
        "curves.svg",
        "curves.png",
    }
    assert "b&amp;2" in (three / "both/compare.html").read_text(encoding="utf-8")


def test_a_comparison_in_a_browser(three: Path, browse: Callable[..., tuple[str, list[str]]]) -> None:
    from archdsl.evaluate import comparing
    from archdsl.evaluate.runs import records

    runs = records([str(three / name) for name in ("a_1", "b&2", "c|3")])
    page = three / "compare.html"
    page.write_text(comparing.html(runs * 4), encoding="utf-8")
    document, console = browse(page, "--dump-dom")
    assert console == []
    assert document.count("<h2>") == 4


@pytest.mark.parametrize(
    ("edit", "key"), [({"parameters": 7}, "parameters"), ({"recipe": []}, "recipe"), ({"spec": None}, "spec")]
)
def test_compare_tells_which_key_is_damaged(edit: dict[str, Any], key: str, three: Path) -> None:
    path = three / "a_1/config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | edit), encoding="utf-8")
    done = archdsl("compare", "a_1", "b&2", cwd=three)
    assert done.returncode == 2 and f"`{key}` is" in done.stderr


def test_compare_reads_what_is_no_row_or_number_as_missing(three: Path) -> None:
    (three / "b&2/metrics.jsonl").write_text("7\n", encoding="utf-8")
    (three / "b&2/eval-test.json").write_text('{"calibration": 3, "accuracy": "high"}', encoding="utf-8")
    done = archdsl("compare", "a_1", "b&2", cwd=three)
    assert (done.returncode, done.stderr) == (0, "")


def test_compare_tells_a_configuration_that_was_edited(three: Path) -> None:
    run = RunFolder(str(three / "a_1"))
    text = (run / "config.json").read_bytes()
    run.write_bytes("config.json", text)
    (run / "config.json").write_bytes(text.replace(b"0.1", b"0.2"))
    done = archdsl("compare", "a_1", "b&2", cwd=three)
    assert done.returncode == 2 and "its checksum is not the one" in done.stderr


@pytest.mark.parametrize("text", ["{", "[]", '{"network": "x"}', None])
def test_compare_refuses_what_is_no_run(text: str | None, three: Path) -> None:
    if text is not None:
        (three / "a_1/config.json").write_text(text, encoding="utf-8")
    done = archdsl("compare", "b&2", "a_1" if text is not None else "nowhere", cwd=three)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
