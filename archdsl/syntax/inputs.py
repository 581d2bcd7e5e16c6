"""`input left: 105x105x1`: inputs that have names, of which a network may have several."""

from archdsl.diagnostics import Reporter
from archdsl.light import NamedTuple
from archdsl.patterns import pattern
from archdsl.problems import preamble
from archdsl.source import Source, Span
from archdsl.syntax.ast import Setting
from archdsl.syntax.slug import slug

_NAMED = pattern(r"([A-Za-z][\w-]*)\s*:\s*(?=\S)")


class Inputs(NamedTuple):
    """The settings with the first input alone, the name of that one (empty where it has none), and the
    further ones: settings whose keys are their names."""

    settings: tuple[Setting, ...]
    name: str
    further: tuple[Setting, ...]


def divided(source: Source, reporter: Reporter, settings: tuple[Setting, ...]) -> Inputs:
    """Divide the settings of a table; report two inputs of one name."""
    if not any(setting.key == "input" and _NAMED.match(setting.value) for setting in settings):
        return Inputs(settings, "", ())
    kept, found = list[Setting](), dict[str, Setting]()
    for setting in settings:
        match = _NAMED.match(setting.value) if setting.key == "input" else None
        if match is None and (setting.key != "input" or "input" in found):
            kept.append(setting)
            continue
        one = _shape(setting, match.end(), match[1]) if match else setting
        first = found.setdefault(slug(one.key), one)
        if first is not one:
            reporter.add(preamble.duplicate_setting(source, one.key_span, f"input {one.key}", first.key_span))
    first, *further = found.values()
    name = "" if first.key == "input" else first.key
    return Inputs((first._replace(key="input"), *kept), name, tuple(further))


def _shape(setting: Setting, at: int, name: str) -> Setting:
    """Return a named input as a setting of its name."""
    start = setting.value_span.start
    return Setting(
        name,
        setting.value[at:],
        Span(start, start + len(name)),
        Span(start + at, setting.value_span.end),
    )
