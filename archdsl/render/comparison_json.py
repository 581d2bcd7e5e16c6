"""A comparison -> the JSON document of `archdsl diff --format json`, version 1 (docs/diff.md describes
it)."""

from archdsl.light import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdsl.compare.result import Change, Comparison, Side, StagePair
    from archdsl.network import Network

VERSION = 1


def document(comparison: "Comparison") -> dict[str, Any]:
    """Return the document as plain data."""
    return {
        "version": VERSION,
        "same": comparison.same,
        "a": _network(comparison.a),
        "b": _network(comparison.b),
        "settings": [setting._asdict() for setting in comparison.settings],
        "totals": {
            total.name.lower(): {
                "a": total.a,
                "b": total.b,
                "difference": total.difference,
                "percent": total.percent,
            }
            for total in comparison.totals
        },
        "stages": [_stage(pair) for pair in comparison.stages],
    }


def _network(network: "Network") -> dict[str, Any]:
    return {
        "path": network.path,
        "name": network.name,
        "style": network.graph.style,
        "input": list(network.input),
        "output": list(network.output),
    }


def _stage(pair: "StagePair") -> dict[str, Any]:
    return {
        "status": pair.status,
        "a": _side(pair.a) if pair.a else None,
        "b": _side(pair.b) if pair.b else None,
        "changes": [_change(change) for change in pair.changes],
    }


def _side(side: "Side") -> dict[str, Any]:
    return {
        "name": side.name,
        "line": side.line,
        "text": side.text,
        "computed": list(side.computed),
        "blocks": side.blocks,
        "params": side.trainable,
        "total_params": side.total,
        "macs": side.macs,
        "depth": side.depth,
    }


def _change(change: "Change") -> dict[str, Any]:
    return {
        "what": change.what,
        "a": change.a,
        "b": change.b,
        "blocks": list(change.blocks),
        "path": change.path,
        "layers": {"a": change.layers[0], "b": change.layers[1]},
        "convention": change.convention or None,
    }
