"""What a comparison consists of: pairs of stages, what differs in each, the settings behind it, and the
totals."""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from archdsl.graph.graph import Shape

if TYPE_CHECKING:
    from archdsl.network import Network

Status = Literal["same", "changed", "removed", "added"]
STATUSES: tuple[Status, ...] = ("same", "changed", "removed", "added")


class Change(NamedTuple):
    """One difference inside a pair of stages: property `what` is `a` in one network and `b` in the other.

    `blocks` are the repeats it was found in (from 1, empty outside of brackets), `path` the branch, `layers`
    the number of the layer on that path in each network (from 1, None where it has none). `convention` is the
    setting that explains it, where one does.
    """

    what: str
    a: str
    b: str
    blocks: tuple[int, ...] = ()
    path: str = "main"
    layers: tuple[int | None, int | None] = (None, None)
    convention: str = ""


class Side(NamedTuple):
    """One network's part of a pair of stages: a row of its table (or rows that do together what one of the
    other does)."""

    name: str
    text: str
    line: int
    computed: Shape
    blocks: int
    trainable: int
    total: int
    macs: int
    depth: int


class StagePair(NamedTuple):
    """A row of the comparison; `a` is None where only the second network has the stage (added), `b` where
    only the first has."""

    status: Status
    a: Side | None
    b: Side | None
    changes: tuple[Change, ...] = ()

    @property
    def sides(self) -> tuple[Side, ...]:
        """Return the one or two sides there are."""
        return tuple(side for side in (self.a, self.b) if side)


class SettingChange(NamedTuple):
    """A setting that differs, and how many of the listed differences it explains."""

    key: str
    a: str
    b: str
    explains: int


class Total(NamedTuple):
    """A count of both whole networks."""

    name: str
    a: int
    b: int

    @property
    def difference(self) -> int:
        """Return what the second network has more."""
        return self.b - self.a

    @property
    def percent(self) -> float | None:
        """Return the difference as a share of the first network's count."""
        return round(100 * self.difference / self.a, 2) if self.a else None


class Comparison:
    """Two networks side by side, `a` and `b`; `same` where they compute the same, however their tables are
    written.

    `stages` pairs their rows, each with what differs in it; `settings` are the settings that differ.
    """

    def __init__(
        self,
        a: "Network",
        b: "Network",
        same: bool,
        stages: tuple[StagePair, ...],
        settings: tuple[SettingChange, ...],
    ) -> None:
        self.a = a
        self.b = b
        self.same = same
        self.stages = stages
        self.settings = settings

    @property
    def names(self) -> tuple[str, str]:
        """Name the networks; two of one name are told apart by their parameters and styles."""
        if self.a.name != self.b.name:
            return self.a.name, self.b.name
        telling = [
            setting for setting in self.settings if setting.key == "style" or setting.key.startswith("param ")
        ]
        keys = [setting.key.removeprefix("param ") for setting in telling]
        one = ", ".join(f"{key}={setting.a}" for key, setting in zip(keys, telling, strict=True))
        other = ", ".join(f"{key}={setting.b}" for key, setting in zip(keys, telling, strict=True))
        return (f"{self.a.name} {one}", f"{self.b.name} {other}") if telling else (self.a.name, self.b.name)

    @property
    def totals(self) -> tuple[Total, ...]:
        """Return the counts of the whole networks."""
        one, other = self.a.counts, self.b.counts
        return (
            Total("trainable", one.trainable, other.trainable),
            Total("total", one.total, other.total),
            Total("MACs", one.macs, other.macs),
            Total("depth", one.depth, other.depth),
            Total("projections", one.projections, other.projections),
        )

    def text(self, *, color: bool = False, width: int | None = None) -> str:
        """Write the comparison for a person, where it can be in lines of `width` characters."""
        from archdsl.render.comparison import text

        return text(self, color, width)

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as plain data (version 1, see docs/diff.md)."""
        from archdsl.render.comparison_json import document

        return document(self)

    def draw(self, out: str, *, theme: str = "light") -> None:
        """Draw both networks, matched stages in one column, as `out` ends: svg, png, pdf or dot."""
        from archdsl.figure.compare_dot import draw_comparison

        draw_comparison(self, out, theme)

    def _repr_html_(self) -> str:
        from archdsl.face.html import comparison

        return comparison(self)

    def __repr__(self) -> str:
        counts = {status: sum(pair.status == status for pair in self.stages) for status in STATUSES}
        told = "the same" if self.same else ", ".join(f"{count} {status}" for status, count in counts.items())
        return f"<Comparison {self.a.name} and {self.b.name}: {told}>"
