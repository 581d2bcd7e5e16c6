"""The vocabulary -> a TextMate grammar, for VS Code and every editor that reads such."""

import json
from typing import Any

from archdsl.highlight.words import BLOCK, COMMENT, MARK, NAME, NUMBER, REPEAT, SIZE, words

SCOPE = "source.arch"


def grammar() -> dict[str, Any]:
    """Return the grammar as plain data."""
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "archdsl",
        "scopeName": SCOPE,
        "fileTypes": ["arch"],
        "patterns": [
            _match(COMMENT, "comment.line.number-sign"),
            {
                "match": BLOCK,
                "captures": {
                    "1": {"name": f"keyword.other.block.{_LANGUAGE}"},
                    "3": {"name": f"entity.name.function.{_LANGUAGE}"},
                },
            },
            {
                "match": words("setting"),
                "captures": {"1": {"name": f"keyword.other.setting.{_LANGUAGE}"}},
            },
            _match(words("wire"), "keyword.control.wire"),
            _match(REPEAT, "keyword.operator.repeat"),
            _match(SIZE, "constant.numeric.size"),
            _match(words("layer"), "support.function.layer"),
            _match(words("option"), "variable.parameter.option"),
            _match(NUMBER, "constant.numeric"),
            _match(NAME, "entity.name.tag.row"),
            _match(MARK, "punctuation.separator"),
        ],
    }


_LANGUAGE = "arch"


def _match(expression: str, scope: str) -> dict[str, str]:
    return {"match": expression, "name": f"{scope}.{_LANGUAGE}"}


def text() -> str:
    """Return the grammar as the text of its file."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"
