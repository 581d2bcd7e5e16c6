"""A message of the page -> its answer, both JSON.

The page knows neither where Python runs (in its own worker, or in the process of `archdsl serve`) nor how.
A message says what to `do` and has the `document`, `{"name": "net.arch", "text": "..."}`:

- `check`: the document of `archdsl check --format json`, with the totals of each network;
- `draw`: a figure (`network`, `level`, `theme`) as an SVG element with the facts of its parts;
- `save`: the same figure as `archdsl draw` writes it;
- `view`: the network or its table in another form (`view`: one of `views`);
- `views`: the forms there are;
- `explain`: the page of a problem (`code`).

An answer has `refused`, a sentence, where there is nothing to show.
"""

import json
from collections.abc import Callable
from typing import Any

from archdsl.browser import drawing, views
from archdsl.browser.compiled import compiled
from archdsl.browser.refusal import Refusal
from archdsl.network import Spec
from archdsl.render.document import document
from archdsl.render.summary import totals

Message = dict[str, Any]
Answer = dict[str, Any]


def answer_json(message: str) -> str:
    """Answer a message that is JSON text with JSON text; a bug in archdsl is the answer's `fault`."""
    try:
        said = answer(json.loads(message))
    except Exception as error:  # the page goes on, and tells it
        said = {"fault": f"{type(error).__name__}: {error}"}
    return json.dumps(said, ensure_ascii=False)


def answer(message: Message) -> Answer:
    """Answer a message."""
    try:
        return _ANSWERS[message["do"]](message)
    except Refusal as refusal:
        return {"refused": str(refusal)}


def _check(message: Message) -> Answer:
    found = compiled(message["document"])
    networks = Spec(found).networks
    return {
        "document": document([found])["files"][0],
        "totals": [totals(network) for network in networks],
        "failed": found.failed,
    }


def _explain(message: Message) -> Answer:
    from archdsl.browser.pages import page

    return {"text": page(message["code"])}


_ANSWERS: dict[str, Callable[[Message], Answer]] = {
    "check": _check,
    "draw": drawing.draw,
    "save": drawing.save,
    "view": views.view,
    "views": views.listed,
    "explain": _explain,
}
