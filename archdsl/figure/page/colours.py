"""The palettes of figures -> the colours of a page around one, as CSS."""

from archdsl.figure.theme import CLASS, DARK, LIGHT, Palette, auto_style

_ROLES = ("paper", "card", "frame", "border", "ink", "muted", "accent", "note", "differs", "fault")


def style(theme: str) -> str:
    """Return the colours of a page; in the theme `auto` page and figure follow the reader's setting."""
    if theme == "dark":
        return f":root{{color-scheme:dark;{_variables(DARK)}}}\n"
    light = f":root{{color-scheme:light;{_variables(LIGHT)}}}\n"
    if theme == "light":
        return light
    dark = f"@media (prefers-color-scheme:dark){{:root{{color-scheme:dark;{_variables(DARK)}}}}}\n"
    return light + dark + auto_style() + "\n"


def switched() -> str:
    """Return the colours of a page whose reader chooses: the root element's `data-theme` is auto, light or
    dark."""
    dark = f"color-scheme:dark;{_variables(DARK)}"
    auto = auto_style().replace(f".{CLASS}", f":root[data-theme=auto] .{CLASS}")
    return (
        f":root{{color-scheme:light;{_variables(LIGHT)}}}\n:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root[data-theme=auto]{{{dark}}}}}\n{auto}\n"
    )


def _variables(palette: Palette) -> str:
    return "".join(f"--{role}:{getattr(palette, role)};" for role in _ROLES)
