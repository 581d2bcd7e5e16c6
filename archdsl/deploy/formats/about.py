"""What a deployed file says of itself: network, classes, what its input is; the same text in every format."""

import json
import zipfile
from pathlib import Path
from typing import Any

from archdsl.deploy.feed import Feed
from archdsl.network import Network

NAME, LABELS = "archdsl.json", "labels.txt"


def about(network: Network, feed: Feed | None, images: bool) -> dict[str, Any]:
    """Return what there is to say; `images` tells that the model takes images as uint8 and scales them
    itself."""
    from archdsl import __version__

    kind = "uint8, 0 to 255" if images else "float32"
    said: dict[str, Any] = {
        "network": network.name,
        "archdsl": __version__,
        "input": {"shape": list(network.input), "values": kind},
    }
    if feed is None:
        return said
    if not images:
        said["input"]["scaling"] = {"scale": list(feed.scale), "offset": list(feed.offset)}
    return said | {"classes": list(feed.classes)}


def files(said: dict[str, Any]) -> dict[str, str]:
    """Return it as small text files: all of it, and the classes alone, one a line, as viewers of models read
    them."""
    found = {NAME: json.dumps(said, indent=2, ensure_ascii=False) + "\n"}
    if "classes" in said:
        found[LABELS] = "\n".join(said["classes"]) + "\n"
    return found


def append(path: Path, said: dict[str, Any]) -> None:
    """Add the files to a zip archive, or behind a file of another kind (as TensorFlow Lite keeps files with a
    model)."""
    with zipfile.ZipFile(path, "a") as archive:
        for name, text in files(said).items():
            archive.writestr(name, text)
