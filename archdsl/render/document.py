"""Compilations -> the JSON document of `archdsl check --format json`, version 1."""

from archdsl.light import Any
from archdsl.network import Network, Spec, StageResult
from archdsl.pipeline import Compilation
from archdsl.render.json_format import diagnostic_json


def document(results: list[Compilation]) -> dict[str, Any]:
    """Return the document as plain data."""
    every = [diagnostic for result in results for diagnostic in result.diagnostics]
    errors = sum(diagnostic.severity == "error" for diagnostic in every)
    return {
        "version": 1,
        "files": [_file(result) for result in results],
        "summary": {"errors": errors, "warnings": len(every) - errors},
    }


def _file(result: Compilation) -> dict[str, Any]:
    return {
        "path": result.source.path,
        "networks": [_network(network) for network in Spec(result).networks],
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in result.diagnostics],
    }


def _network(network: Network) -> dict[str, Any]:
    return {
        "name": network.name,
        "style": network.graph.style,
        "input": list(network.input),
        "output": list(network.output),
        **_several(network),
        "params": network.params._asdict(),
        "macs": network.macs,
        "depth": {"weighted": network.counts.depth, "projections": network.counts.projections},
        "stages": [_stage(stage) for stage in network.stages],
        **_ledger(network),
    }


def _several(network: Network) -> dict[str, Any]:
    """Return all inputs and outputs of a network that has more than one."""
    several: dict[str, Any] = {}
    if len(network.graph.inputs) > 1:
        several["inputs"] = {name: list(shape) for name, shape in network.inputs.items()}
    if len(network.graph.outputs) > 1:
        several["outputs"] = [list(shape) for shape in network.outputs]
    return several


def _ledger(network: Network) -> dict[str, Any]:
    """Return what was taken from where, where `--explain` asks for it."""
    if network.printed is None:
        return {}
    from archdsl.render.ledger import ledger_json

    return ledger_json(network.printed)


def _stage(stage: StageResult) -> dict[str, Any]:
    return {
        "name": stage.name,
        "declared": list(stage.declared) if stage.declared else None,
        "computed": list(stage.computed),
        "blocks": stage.blocks,
        "params": stage.params.trainable,
        "total_params": stage.params.total,
        "macs": stage.macs,
        "depth": stage.depth,
        "line": stage.line,
        "inferred": [fact._asdict() for fact in stage.inferred],
    }
