"""`archdsl explain WORD`: the page of a problem code, a style as settings, an op, a setting or a block with
what it takes."""

import argparse

from archdsl.explaining import blocks
from archdsl.explaining.texts import explain, overview, words
from archdsl.problems.base import listed, nearest


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "word",
        nargs="*",
        help=(
            "a problem (E0302), a style (resnet), a setting (shortcut), a layer (max pool) or a block "
            "(MBConv); none lists them"
        ),
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="draw a block: file to write, ending in .svg, .png, .pdf or .dot",
    )


def run(args: argparse.Namespace) -> int:
    """Explain a word."""
    word = " ".join(args.word)
    if args.output is not None:
        return _draw(word, args.output)
    text = explain(word) if word else overview()
    if text is None:
        close = nearest(word, words())
        hint = f"; did you mean {listed(close)}?" if close else "; `archdsl explain` lists everything"
        return _refuse(f"nothing is called `{word}`{hint}")
    print(text.rstrip())
    return 0


def _draw(word: str, output: str) -> int:
    """Draw an example of a block."""
    block = blocks.find(word)
    if block is None:
        close = nearest(word, blocks.names())
        return _refuse(
            f"no block is called `{word}`"
            + (f"; did you mean {listed(close)}?" if close else "; only blocks are drawn")
        )
    network = blocks.network(block)
    if network is None:
        return _refuse(f"there is no example network for `{block.name}`")
    from archdsl.cli.draw import draw_to

    return draw_to(network, output)


def _refuse(message: str) -> int:
    from archdsl.cli.common import say

    say(f"archdsl: {message}")
    return 2
