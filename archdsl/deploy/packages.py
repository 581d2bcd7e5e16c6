"""Which packages a format or an engine needs, looked for without importing any."""

from importlib.util import find_spec

from archdsl.deploy.errors import Missing

TENSORFLOW = ("tensorflow",)
ONNX = ("tensorflow", "onnx", "onnxruntime", "tf2onnx")
LITERT = ("tensorflow", "ai_edge_litert")

_PIP = {"tensorflow": "tensorflow", "torch": "'archdsl[torch]'", "ai_edge_litert": "'archdsl[tflite]'"}


def missing(modules: tuple[str, ...]) -> str | None:
    """Return the first module that is not installed."""
    return next((name for name in modules if find_spec(name) is None), None)


def require(modules: tuple[str, ...]) -> None:
    """Raise Missing, with the line that installs it, for the first module that is not there."""
    name = missing(modules)
    if name:
        raise Missing(f"{name.replace('_', '-')} is not installed: pip install {pip(name)}")


def pip(module: str) -> str:
    """Return what to tell pip to have a module: the extra of archdsl that it belongs to."""
    return _PIP.get(module, "'archdsl[onnx]'")
