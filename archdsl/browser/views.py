"""A network as source code, and its table in other forms."""

from collections.abc import Callable
from typing import Any, NamedTuple

from archdsl.browser.compiled import compiled, network
from archdsl.browser.refusal import Refusal
from archdsl.format.convert import FORMS, convert


class View(NamedTuple):
    """A form: what its tab is called, the ending of its files, and how a message is answered with it."""

    label: str
    ending: str
    text: Callable[[dict[str, Any]], str]


def _keras(message: dict[str, Any]) -> str:
    from archdsl.backends.python_source import source

    return source(network(message).graph, str(message["document"]["name"]))


def _torch(message: dict[str, Any]) -> str:
    from archdsl.backends.torch_source import NoForm, source

    try:
        return source(network(message).graph, str(message["document"]["name"]))
    except NoForm as fault:
        raise Refusal(str(fault)) from None


def _table(form: str) -> Callable[[dict[str, Any]], str]:
    def text(message: dict[str, Any]) -> str:
        source = compiled(message["document"]).source
        wanted = network(message).name.partition(":")[0] if form == "native" else None
        done = convert(source, form, wanted)
        if done.text is None:
            raise Refusal(done.why or "the table has errors; fix them first")
        return done.text

    return text


_LABELS = {"native": "Native", "markdown": "Markdown", "latex": "LaTeX"}


def _views() -> dict[str, View]:
    tables = {form: View(_LABELS.get(form, form), ending, _table(form)) for form, ending in FORMS.items()}
    return {"keras": View("Keras", "py", _keras), "torch": View("PyTorch", "py", _torch)} | tables


VIEWS = _views()


def listed(_: dict[str, Any]) -> dict[str, Any]:
    """List the forms there are."""
    return {
        "views": [{"name": name, "label": view.label, "ending": view.ending} for name, view in VIEWS.items()]
    }


def view(message: dict[str, Any]) -> dict[str, Any]:
    """Return a network in one of the forms."""
    found = VIEWS.get(str(message["view"]))
    if found is None:
        raise Refusal(f"there is no view `{message['view']}`")
    return {"text": found.text(message)}
