"""Which parts of archdsl are installed: the base checks and draws, and extras bring the packages of the rest.

pip install archdsl            check, draw, diff, fmt, explain, Keras source
pip install 'archdsl[train]'   TensorFlow and Keras: models, training, evaluation
"""

from collections.abc import Iterable
from importlib.util import find_spec

# The module of a package -> the extra that brings it. tests/test_extras.py compares it with pyproject.toml.
PACKAGES = {
    "tensorflow": "train",
    "keras": "train",
    "numpy": "train",
    "sklearn": "train",
    "matplotlib": "train",
    "rich": "train",
    "tensorboard": "train",
    "scipy": "train",
    "PIL": "train",
    "jax": "jax",
    "torch": "torch",
    "ray": "ray",
    "mlflow": "track",
    "wandb": "track",
    "optuna": "sweep",
    "google_crc32c": "records",
    "onnx": "onnx",
    "onnxruntime": "onnx",
    "tf2onnx": "onnx",
    "ai_edge_litert": "tflite",
    "pygls": "editor",
    "mcp": "mcp",
}
# A command -> the extras without which it can do nothing; what an option needs is asked where it is used.
COMMANDS = {
    "bench": ("train",),
    "data": ("train",),
    "eval": ("train",),
    "import-weights": ("train",),
    "lsp": ("editor",),
    "mcp": ("mcp",),
    "predict": ("train",),
    "sweep": ("train", "sweep"),
    "train": ("train",),
}
# What pip calls a package, where that is not the name of its module.
_NAMES = {"sklearn": "scikit-learn", "PIL": "pillow"}


def missing(extras: Iterable[str]) -> tuple[str, ...]:
    """List the modules of extras that are not installed."""
    wanted = [module for module, extra in PACKAGES.items() if extra in set(extras)]
    return tuple(module for module in wanted if find_spec(module) is None)


def refusal(command: str) -> str:
    """Say what a command lacks, with the line that installs it; an empty text where it lacks nothing."""
    lacking = missing(COMMANDS.get(command, ()))
    return not_installed(lacking[0], *(PACKAGES[module] for module in lacking)) if lacking else ""


def require(command: str) -> None:
    """Raise ModuleNotFoundError, with the line that installs it, where something that a command needs is
    not installed."""
    if said := refusal(command):
        raise ModuleNotFoundError(said)


def not_installed(module: str, *extras: str) -> str:
    """Say that a module is not installed, with the line that installs it: its extra, or `extras`."""
    return f"{package(module)} is not installed: pip install '{_part(extras or (PACKAGES[module],))}'"


def package(module: str) -> str:
    """Return what pip calls the package of a module."""
    return _NAMES.get(module, module).replace("_", "-")


def part_of(error: ModuleNotFoundError) -> str:
    """Say which part of archdsl a failing import is of; an empty text where it is of none."""
    module = (error.name or "").partition(".")[0]
    return not_installed(module) if module in PACKAGES else ""


def _part(extras: Iterable[str]) -> str:
    return f"archdsl[{','.join(dict.fromkeys(extras))}]"
