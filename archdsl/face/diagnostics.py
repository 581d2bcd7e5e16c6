"""What `archdsl.check` returns: diagnostics that print as the command prints them."""

from archdsl.diagnostics import Diagnostic


class Diagnostics(tuple[Diagnostic, ...]):
    """The errors and warnings of a file; empty if there are none."""

    __slots__ = ()

    @property
    def errors(self) -> "Diagnostics":
        """Return the errors."""
        return Diagnostics(one for one in self if one.severity == "error")

    @property
    def warnings(self) -> "Diagnostics":
        """Return the warnings."""
        return Diagnostics(one for one in self if one.severity == "warning")

    def __repr__(self) -> str:
        return f"<Diagnostics: {', '.join(f'{one.code} in line {one.line}' for one in self) or 'none'}>"

    def __str__(self) -> str:
        from archdsl.render.text import render_all

        return render_all(self)

    def _repr_html_(self) -> str:
        from archdsl.face.html import diagnostics

        return diagnostics(self)
