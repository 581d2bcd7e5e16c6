"""The formats for machines: one line per problem, workflow commands, JSON."""

import json

from archdsl.diagnostics import Diagnostic, Edit, Fix, Label, Note
from archdsl.render import concise, github
from archdsl.render.json_format import diagnostic_json
from archdsl.source import Source, Span

TEXT = "conv1  32x32  3x3, 64\nconv2  8x8    3x3, 64\n"
PLACE = Span(29, 32)
FULL = Diagnostic(
    "E0301",
    "error",
    "conv2 is declared 8x8: 100% wrong",
    Source("nets/a,b:c.arch", TEXT),
    (Label(Span(7, 12), "from here"), Label(PLACE, "declared 8x8", True)),
    (Note("shapes", "32x32x64 ->\n32x32x64"),),
    "add the stride",
    (Fix("add `/4`", (Edit(Span(43, 43), " /4"),)),),
)
BARE = Diagnostic("W0001", "warning", "nothing\nhere", Source("x.arch", ""))


def test_concise() -> None:
    assert concise.render_all([FULL, BARE]) == (
        "nets/a,b:c.arch:2:8: error[E0301] conv2 is declared 8x8: 100% wrong\nx.arch:1:1: warning[W0001] nothing here\n"
    )


def test_github() -> None:
    assert github.render_all([FULL, BARE]) == (
        "::error file=nets/a%2Cb%3Ac.arch,line=2,col=8,endLine=2,endColumn=11,title=E0301"
        "::conv2 is declared 8x8: 100%25 wrong%0Ashapes: 32x32x64 ->%0A32x32x64%0Ahelp: add the stride%0Ahelp: add `/4`\n"
        "::warning file=x.arch,line=1,col=1,endLine=1,endColumn=1,title=W0001::nothing%0Ahere\n"
    )


def test_a_spec_cannot_inject_lines_or_commands() -> None:
    hostile = BARE._replace(message="a\r\n::error::b\x1b[2J", source=Source("x\n::warning::y", ""))
    for render in (concise.render, github.render):
        text = render(hostile)
        assert text.count("\n") == 1
        assert "\r" not in text
        assert "\x1b" not in text


def test_json() -> None:
    value = diagnostic_json(FULL)
    assert json.loads(json.dumps(value)) == value
    assert value == {
        "code": "E0301",
        "severity": "error",
        "message": "conv2 is declared 8x8: 100% wrong",
        "path": "nets/a,b:c.arch",
        "range": {"start": {"line": 2, "column": 8}, "end": {"line": 2, "column": 11}},
        "labels": [
            {
                "range": {"start": {"line": 1, "column": 8}, "end": {"line": 1, "column": 13}},
                "text": "from here",
                "primary": False,
            },
            {
                "range": {"start": {"line": 2, "column": 8}, "end": {"line": 2, "column": 11}},
                "text": "declared 8x8",
                "primary": True,
            },
        ],
        "notes": [{"kind": "shapes", "text": "32x32x64 ->\n32x32x64"}],
        "help": "add the stride",
        "fixes": [
            {
                "title": "add `/4`",
                "applicability": "maybe-incorrect",
                "edits": [
                    {
                        "range": {"start": {"line": 2, "column": 22}, "end": {"line": 2, "column": 22}},
                        "text": " /4",
                    }
                ],
            }
        ],
    }


def test_json_without_a_place() -> None:
    assert diagnostic_json(BARE)["range"] == {
        "start": {"line": 1, "column": 1},
        "end": {"line": 1, "column": 1},
    }
