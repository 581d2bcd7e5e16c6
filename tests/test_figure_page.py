"""The figure as a page: what stands in the file, and what a browser makes of it."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pages import PHONE, chromium, opened

import archdsl
from archdsl.cli.main import main
from archdsl.figure.draw import living
from archdsl.figure.page.document import bundle

ROOT = Path(__file__).parent.parent
SPECS = ROOT / "specs"
HOSTILE = """\
input 8x8x3
style plain

Layer | Output | Structure
</script><script>document.title='taken'</script> | 8x8 | 3x3, 4
<img src=x onerror=document.title='taken'> | 8x8 | 3x3, 4
{braces} & 'quotes' u003c | 8x8 | 3x3, 4
"""


def page_of(spec: Path, folder: Path, *options: str) -> Path:
    out = folder / "figure.html"
    assert main(["draw", str(spec), "-o", str(out), *options]) == 0
    return out


def facts_of(text: str) -> Any:
    return json.loads(re.search(r'id="facts">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]


def names_in(text: str) -> set[str]:
    classes = re.findall(r'class="(?:node|cluster) part ([^"]*)"', text)
    return {name for names in classes for name in unescape(names).split()}


# The file -----------------------------------------------------------------------------------------------------------


def test_one_file_that_asks_for_nothing(tmp_path: Path) -> None:
    text = page_of(SPECS / "table2.arch", tmp_path).read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<(link|img|iframe|object|script src)", text)


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_policy_allows_the_script_and_the_style_of_the_file_alone(tmp_path: Path, theme: str) -> None:
    text = page_of(SPECS / "table2.arch", tmp_path, "--theme", theme).read_text(encoding="utf-8")
    policy = unescape(re.search(r'Security-Policy" content="([^"]*)"', text)[1])  # type: ignore[index]
    assert policy.startswith("default-src 'none'; ")
    for kind, pattern in (
        ("style", r"<style>(.*?)</style>"),
        ("script", r'<script type="module">(.*?)</script>'),
    ):
        (content,) = re.findall(pattern, text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_the_script_is_whole() -> None:
    script = bundle()
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)
    defined = re.findall(r"^(?:async )?(?:function|const|let) (\w+)", script, re.MULTILINE)
    assert len(defined) == len(set(defined)), "two modules of the page define the same name"


@pytest.mark.parametrize("level", ["stage", "block", "layer", "paper"])
def test_every_part_has_its_facts(level: str) -> None:
    network = archdsl.load(str(SPECS / "table2.arch")).network()
    svg, facts = living(network, "light", level)
    for name in names_in(svg):
        kind, _, key = name.partition("-")
        assert facts["rows"][int(key)] if kind == "row" else facts["layers"][key]
    assert sum(row["params"] for row in facts["rows"]) == network.params.trainable
    assert sum(row["macs"] for row in facts["rows"]) == network.macs
    assert names_in(svg)


def test_layers_drawn_one_by_one_add_up() -> None:
    network = archdsl.load(str(SPECS / "table2.arch")).network()
    svg, facts = living(network, "light", "layer")
    drawn = [facts["layers"][name.removeprefix("node-")] for name in names_in(svg) if name.startswith("node")]
    assert sum(layer["params"] * layer["times"] for layer in drawn) == network.params.trainable


def test_places_are_those_of_the_words() -> None:
    network = archdsl.load(str(SPECS / "table2.arch")).network()
    facts = living(network, "light", "block")[1]
    words = {facts["layers"][key]["name"]: facts["layers"][key]["place"] for key in facts["layers"]}
    line, start, end = next(place for name, place in words.items() if name.startswith("conv2_x/block1/conv1"))
    lines = facts["source"]["lines"]
    assert lines[line - facts["source"]["first"]][start - 1 : end - 1] == "3x3,64"


def test_a_hostile_table_stays_text(tmp_path: Path) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text(HOSTILE, encoding="utf-8")
    text = page_of(spec, tmp_path).read_text(encoding="utf-8")
    assert text.count("<script") == 2
    assert "<img" not in text
    facts = facts_of(text)
    assert facts["rows"][1]["name"].startswith("<img")
    assert any("</script>" in line for line in facts["source"]["lines"])


def test_a_broken_table_shows_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "broken.html"
    assert main(["draw", str(ROOT / "examples/misprint.arch"), "-o", str(out)]) == 1
    rows = facts_of(out.read_text(encoding="utf-8"))["rows"]
    (faulty,) = [row for row in rows if row["faulty"]]
    assert faulty["line"] == 6
    assert faulty["said"][0].startswith("E0302")


def test_a_page_is_no_form_of_a_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(SPECS / "table1.arch")
    assert main(["draw", spec, spec, "-o", "two.html"]) == 2
    assert "`two.html` does not end in a format that can be drawn: .svg" in capsys.readouterr().err


def test_a_long_file_is_shown_around_its_rows(tmp_path: Path) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text("# prose\n" * 3000 + "input 8x8x3\nconv1 8x8 3x3, 4\nfc 10\n", encoding="utf-8")
    source = facts_of(page_of(spec, tmp_path).read_text(encoding="utf-8"))["source"]
    assert source["first"] > 3000
    assert source["lines"][0].startswith("conv1")


# In a browser -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def table2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(SPECS / "table2.arch", tmp_path_factory.mktemp("page"), "--level", "block")


def test_a_click_tells_facts_and_line(browser: Any, table2: Path) -> None:
    with opened(browser, table2.as_uri()) as (page, watch):
        page.get_by_text("Conv3-x", exact=True).first.click()
        told = page.locator("#told")
        assert told.locator("h3").inner_text() == "Conv3-x"
        assert "706,688" in told.inner_text()
        assert page.locator("#lines li.marked").inner_text().startswith("Conv3-x")
        page.locator(".part.node", has_text="3×3 conv").first.click()
        assert "conv" in told.locator("h3").first.inner_text()
        assert page.locator("#lines mark").inner_text() == "3x3, 64, stride=1"
        assert watch.requests == [table2.as_uri()]


def test_a_line_leads_to_its_row(browser: Any, table2: Path) -> None:
    with opened(browser, table2.as_uri()) as (page, _):
        page.locator("#lines button", has_text="Conv5-x").click()
        assert page.locator("#told h3").inner_text() == "Conv5-x"
        assert page.locator("rect.frame.chosen").count() == 1


def test_search_finds_and_walks(browser: Any, table2: Path) -> None:
    with opened(browser, table2.as_uri()) as (page, _):
        page.keyboard.press("/")
        page.keyboard.type("3x3 512")
        hits = int(page.locator("#hits").inner_text().split()[0])
        assert hits == page.locator("rect.frame.hit").count() > 0
        page.keyboard.press("Enter")
        assert page.locator("#hits").inner_text() == f"1 of {hits}"
        assert "512" in page.locator("#told").inner_text()
        page.locator("#search").fill("no such layer")
        assert page.locator("#hits").inner_text() == "0 found"


def test_the_keyboard_does_it_all(browser: Any, table2: Path) -> None:
    with opened(browser, table2.as_uri()) as (page, _):
        page.locator("svg .part").first.focus()
        page.keyboard.press("ArrowDown")
        focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("Enter")
        assert page.locator("[aria-pressed=true]").get_attribute("aria-label") == focused
        assert page.locator("#told h3").count() >= 1
        before = page.locator("#figure svg").get_attribute("viewBox")
        page.keyboard.press("+")
        assert page.locator("#figure svg").get_attribute("viewBox") != before
        page.keyboard.press("0")
        assert [float(part) for part in page.locator("#figure svg").get_attribute("viewBox").split()] == [
            float(part) for part in before.split()
        ]
        page.keyboard.press("Escape")
        assert page.locator("[aria-pressed=true]").count() == 0


def test_wheel_and_drag_move_the_figure_and_choose_nothing(browser: Any, table2: Path) -> None:
    with opened(browser, table2.as_uri()) as (page, _):
        svg = page.locator("#figure svg")
        box = svg.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.wheel(0, -400)
        page.wait_for_function(
            "before => document.querySelector('#figure svg').viewBox.baseVal.width < before", arg=800
        )
        zoomed = svg.get_attribute("viewBox").split()
        page.mouse.down()
        page.mouse.move(x + 120, y + 40, steps=4)
        page.mouse.up()
        moved = svg.get_attribute("viewBox").split()
        assert float(moved[0]) < float(zoomed[0])
        assert moved[2:] == zoomed[2:]
        assert page.locator("rect.frame.chosen").count() == 0


def test_a_hostile_table_does_nothing(browser: Any, tmp_path: Path) -> None:
    spec = tmp_path / "net.arch"
    spec.write_text(HOSTILE, encoding="utf-8")
    with opened(browser, page_of(spec, tmp_path).as_uri()) as (page, watch):
        page.locator("#lines button").first.click()
        assert page.title() == "net"
        assert len(watch.requests) == 1


def test_dark_and_phone(browser: Any, table2: Path) -> None:
    with opened(browser, table2.as_uri(), color_scheme="dark", viewport=PHONE) as (page, _):
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        paper = page.locator("#figure svg polygon").first
        assert paper.evaluate("element => getComputedStyle(element).fill") == "rgb(13, 17, 23)"
