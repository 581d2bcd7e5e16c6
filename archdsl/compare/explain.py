"""Changes and the settings of both networks -> the setting that explains each change, where one does."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from archdsl.compare.result import Change, SettingChange

if TYPE_CHECKING:
    from archdsl.network import Network

# Property of a layer -> the settings whose values it shows.
_SHOWS = {
    "initializer": ("initializer", "dense-initializer"),
    "norm-epsilon": ("norm-epsilon",),
    "norm-momentum": ("norm-momentum",),
    "norm": ("norm",),
    "activation": ("activation",),
    "order": ("order",),
}
_ORDERED = ("norm", "activation", "order", "bias")  # what moves with the order of norm and activation
_RIDERS = ("batch norm", "layer norm", "relu", "activation")
_PROJECTION = {
    "norm": ("projection-norm", "norm"),
    "reads": ("projection-input",),
    "bias": ("bias", "projection-norm", "norm"),
}
_SHORTCUT = ("brackets", "shortcut", "first-projection")


def explain(change: Change, a: Mapping[str, str], b: Mapping[str, str]) -> Change:
    """Name the setting that explains a change; `a` and `b` are the conventions of the two networks."""
    differs = {key for key in a if a[key] != b.get(key)}
    for key in _SHOWS.get(change.what, ()):
        if key in differs and _same_value(key, change.a, a) and _same_value(key, change.b, b):
            return change._replace(convention=key)
    return change._replace(convention=next((key for key in _candidates(change) if key in differs), ""))


def _same_value(key: str, shown: str, settings: Mapping[str, str]) -> bool:
    setting = settings["initializer"] if settings[key] == "same" else settings[key]
    if key in ("norm-epsilon", "norm-momentum"):
        return float(shown) == float(setting)
    return shown == setting


def _candidates(change: Change) -> tuple[str, ...]:
    """List the settings that may be behind a change, the most telling first."""
    if change.what == "shortcut":
        return _SHORTCUT
    if change.path == "shortcut":
        return _PROJECTION.get(change.what, ())
    if change.what == "layer":
        texts = [text for text in (change.a, change.b) if text]
        return ("order",) if len(texts) == 1 and texts[0].split(",")[0] in _RIDERS else ()
    if change.what in _ORDERED:
        further = (
            ("bias", "norm")
            if change.what == "bias"
            else ("brackets",)
            if change.what == "activation"
            else ()
        )
        return ("order", *further) if "none" in (change.a, change.b) or change.what == "bias" else ()
    return {"padding": ("strided-padding",), "stride": ("stride-in",)}.get(change.what, ())


def settings_changes(a: "Network", b: "Network", changes: Iterable[Change]) -> tuple[SettingChange, ...]:
    """List the settings that differ, with the number of changes that each explains."""
    explained = Counter(change.convention for change in changes)
    one, other = a.settings.conventions, b.settings.conventions
    found = (
        [] if a.graph.style == b.graph.style else [SettingChange("style", a.graph.style, b.graph.style, 0)]
    )
    found += [
        SettingChange(key, one[key], other[key], explained[key])
        for key in one
        if key in other and one[key] != other[key]
    ]
    return tuple(found + _parameters(a, b))


def _parameters(a: "Network", b: "Network") -> list[SettingChange]:
    one, other = (
        {name: f"{value:g}" for name, value in network.settings.values.items()} for network in (a, b)
    )
    shared = [name for name in one if name in other and one[name] != other[name]]
    return [
        SettingChange(name if name == "classes" else f"param {name}", one[name], other[name], 0)
        for name in shared
    ]
