"""Which packages a format or an engine needs, looked for without importing any."""

from importlib.util import find_spec

from archdsl.deploy.errors import Missing
from archdsl.extras import not_installed

TENSORFLOW = ("tensorflow",)
ONNX = ("tensorflow", "onnx", "onnxruntime", "tf2onnx")
LITERT = ("tensorflow", "ai_edge_litert")


def missing(modules: tuple[str, ...]) -> str | None:
    """Return the first module that is not installed."""
    return next((name for name in modules if find_spec(name) is None), None)


def require(modules: tuple[str, ...]) -> None:
    """Raise Missing, with the line that installs it, for the first module that is not there."""
    name = missing(modules)
    if name:
        raise Missing(not_installed(name))
