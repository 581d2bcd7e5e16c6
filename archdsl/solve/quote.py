"""A layer of a table, quoted as it is printed."""

import re

from archdsl.resolve.specs import LayerSpec, UseSpec
from archdsl.source import Source


def layer_text(source: Source, spec: LayerSpec | UseSpec) -> str:
    """Quote a layer as printed, without its blanks and brackets."""
    text = source.clean[spec.span.start : spec.span.end].replace("\\times", "x")
    text = re.sub(r"\\text\b|\\[,;: ]|[*$\[\]{}]+", "", text)
    return re.sub(r"\s*([,x×])\s*", r"\1", text).replace("×", "x").strip()
