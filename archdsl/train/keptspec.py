"""The spec of a run: kept in its folder as it was read, in whichever form, and compiled from there to the
same network."""

from pathlib import Path
from typing import Any

from archdsl.loading import ENDINGS, divided, read_source
from archdsl.network import Network, Spec, SpecError
from archdsl.pipeline import Compilation, compile_source
from archdsl.resolve.settings import Overrides
from archdsl.source import Source
from archdsl.train.errors import RunError


def described(
    compilation: Compilation, path: str, overrides: Overrides, table: str | None = None
) -> dict[str, Any]:
    """Describe for `config.json` how a compilation came about; `path` is as the caller gave it: `FILE#table`,
    or `-`."""
    source = Path(compilation.source.path.replace("\\", "/")).name or "network"
    ending = source.rpartition(".")[2].lower()
    return {
        "file": f"spec.{ending if ending in ENDINGS else 'txt'}",
        "source": source,
        "table": table or divided(path)[1],
        "define": dict(overrides.define),
        "style": overrides.style,
        "input": overrides.input,
        "variant": overrides.variant,
    }


def compiled_again(folder: Path, spec: dict[str, Any]) -> tuple[Network, str]:
    """Return the network of a run and the text of its spec; raise SpecError or RunError."""
    path = folder / spec["file"]
    if path.is_symlink():
        raise RunError(f"{path} is a link: the spec of a run is a file of its folder")
    source, problem = read_source(str(path))
    if problem:
        raise RunError(problem.message)
    # Under its first name: the form of a text and the name of a table may depend on that.
    source = Source(spec["source"], source.text)
    overrides = Overrides(spec["define"], spec["style"], spec["input"], spec["variant"])
    compilation = compile_source(source, overrides, spec["table"])
    if compilation.failed:
        raise SpecError(compilation.diagnostics)
    return Spec(compilation).network(), source.text
