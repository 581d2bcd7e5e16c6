"""A `.keras` archive or a JSON file -> its configuration, as data and with limits on its size."""

import json
import zipfile
from typing import Any

from archdsl.foreign.errors import ForeignError

MOST_BYTES = 2**26  # of a configuration
ARCHIVE = ".keras"


def configuration(path: str) -> dict[str, Any]:
    """Read what `model.save("model.keras")` or `model.to_json()` wrote of the layers; raise ForeignError."""
    try:
        text = _member(path, "config.json") if path.endswith(ARCHIVE) else _file(path)
        found = json.loads(text)
    except OSError as error:
        raise ForeignError(f"cannot read {path}: {(error.strerror or 'unknown error').lower()}") from None
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError, RuntimeError):
        raise ForeignError(f"{path} is damaged, or no model that Keras 3 wrote") from None
    if not isinstance(found, dict) or not isinstance(found.get("config"), dict):
        raise ForeignError(f"{path} is JSON, but no configuration of a Keras model")
    return found


def _member(path: str, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(name) as file:
        return _limited(file, path)


def _file(path: str) -> bytes:
    with open(path, "rb") as file:
        return _limited(file, path)


def _limited(file: Any, path: str) -> bytes:
    text: bytes = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise ForeignError(f"the configuration in {path} is larger than {MOST_BYTES >> 20} MB")
    return text
