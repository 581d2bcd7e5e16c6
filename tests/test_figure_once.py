"""Networks too large for a page with their blocks in the trunk: each block is drawn once, with its inputs named."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from figure_geometry import drawing, faults

import archdsl
from archdsl.figure import draw as drawing_of
from archdsl.figure.attention import joined, parts
from archdsl.figure.fitted import fitted
from archdsl.figure.levels import modelled
from archdsl.figure.once import once
from archdsl.figure.page.drawn import layers
from archdsl.figure.parts import Capsule, Figure, Group, Web
from archdsl.figure.sheet import Sheet
from archdsl.figure.units import folded, units
from archdsl.figure.wrap import PAGE, arranged
from archdsl.graph.graph import Graph

SPECS = Path(__file__).parent.parent / "specs"
LARGE = {
    "nasnet": "keras/nasnet.arch#NASNetMobile",
    "efficientnet": "keras/efficientnet-v2.arch#EfficientNetV2L",
    "swin": "papers/swin.arch#Swin-T",
}


@cache
def graph(name: str) -> Graph:
    path, _, variant = LARGE[name].partition("#")
    return archdsl.load(str(SPECS / path), variant=variant).network().graph


@cache
def drawn(name: str) -> Figure:
    found = once(graph(name))
    assert found is not None
    return arranged(found, PAGE)


def cards(model: Figure) -> dict[str, Group]:
    return {step.title: step for step in model.steps if isinstance(step, Group)}


def insets(model: Figure) -> dict[str, Group]:
    return {group.title or group.kind: group for group in model.insets}


@pytest.mark.parametrize("name", LARGE)
def test_nothing_lies_over_something_else(name: str) -> None:
    svg = drawing_of._laid_out(drawn(name), Sheet())
    assert faults(drawing(svg)) == []


@pytest.mark.parametrize("name", LARGE)
def test_cards_hold_every_layer_and_blocks_no_layer_twice(name: str) -> None:
    model = drawn(name)
    found = Counter(node for card in cards(model).values() for node in card.nodes)
    assert found == Counter(set(range(len(graph(name).nodes))) - set(graph(name).inputs))
    assert max(Counter(node for layer in layers(model) for node in layer).values()) == 1
    letters = {letter for card in cards(model).values() for letter in re.findall(r"\b[A-Z]\b", card.kind)}
    assert letters == set(insets(model)) - {"pair"}


def test_a_cell_names_both_inputs_and_the_card_says_which() -> None:
    web = next(step for step in insets(drawn("nasnet"))["E"].steps if isinstance(step, Web))
    assert web.steps[:2] == (Capsule("input"), Capsule("previous"))
    assert {tail for tail, _ in web.edges} >= {0, 1} and min(tail for tail, _ in web.edges) == 0
    found = cards(drawn("nasnet"))
    assert found["first1"].lines[0] == "previous: stem1"
    assert found["cells1"].lines[0] == "previous: stem2, first1"
    assert found["stem1"].lines == ()
    assert (found["cells1"].kind, found["cells1"].repeats) == ("E×2", 2)


def test_a_chain_that_stands_often_is_drawn_once_with_open_windows() -> None:
    whole = joined(graph("nasnet"))
    (pair,) = units(whole)
    assert pair.name == "pair"
    again = folded(whole, [pair])
    assert all(parts(again, use[-1]) == list(use) for use in pair.uses)
    texts = [
        cell.text for step in insets(drawn("nasnet"))["pair"].steps for cell in getattr(step, "cells", ())
    ]
    assert texts == ["ReLU", "k×k dw conv", "1×1 conv", "BN", "ReLU", "k×k dw conv", "1×1 conv", "BN"]
    assert units(graph("swin")) == []  # its chains stand once in a block


def test_heads_are_a_size_like_channels() -> None:
    found = cards(drawn("swin"))
    lines = [found[f"stage {at}"].lines for at in (1, 2, 3)]
    assert [line[0] for line in lines] == ["LN · 3 heads", "6 heads", "12 heads"]
    assert lines[1][1:] == ("E: 192", "B: 192, 768, 192", "D: 192, 768, 192")
    assert set(insets(drawn("swin"))) == {"A", "B", "D", "E"}


def test_a_width_takes_it_and_a_network_that_fits_does_not() -> None:
    for name in ("swin", "efficientnet"):
        model = fitted(graph(name), "", "block", Sheet(width=7 * 72, least=6), drawing_of._laid_out)
        assert isinstance(model, Figure) and model.insets
    small = archdsl.load(str(SPECS / "table1.arch")).network().graph
    plain = modelled(small, "", "block")
    assert isinstance(plain, Figure) and not plain.insets
    unet = archdsl.load(str(SPECS / "papers" / "u-net.arch")).network().graph
    assert once(unet) is None


def test_a_card_says_the_channels_that_a_block_leaves_open() -> None:
    found = cards(drawn("efficientnet"))
    assert found["4"].lines == ("F: 384, 24, 384, 192", "G: 768, 48, 768, 192")
    assert found["1"].lines == ()  # its blocks say theirs themselves


def test_a_block_that_is_too_wide_stays_in_the_trunk() -> None:
    assert once(archdsl.load(str(SPECS / "papers" / "lenet-5.arch")).network().graph) is None


def test_a_block_whose_far_input_could_not_be_named_stays_in_the_trunk() -> None:
    assert once(archdsl.load(str(SPECS / "papers" / "wavenet.arch")).network().graph) is None
