"""What archdsl has to tell its user: one model, rendered by every output format."""

from archdsl.light import Literal, NamedTuple
from archdsl.source import Source, Span

Severity = Literal["error", "warning"]
# Whether a fix can be applied unseen, or somebody has to decide that it is what was meant.
Applicability = Literal["machine-applicable", "maybe-incorrect"]


class Label(NamedTuple):
    """A place and what to say there; the primary label carries the fault itself."""

    span: Span
    text: str
    primary: bool = False


class Edit(NamedTuple):
    """Replace the text of a span."""

    span: Span
    text: str


class Fix(NamedTuple):
    """A change of the source that corrects the fault; `applicability` says whether `--fix` applies it."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = "maybe-incorrect"


class Note(NamedTuple):
    """A fact below the excerpt: `= shapes: …` or `= note: …`."""

    kind: str
    text: str


class Diagnostic(NamedTuple):
    """One fault of the input, with its place, its causes and its fixes."""

    code: str
    severity: Severity
    message: str
    source: Source
    labels: tuple[Label, ...] = ()
    notes: tuple[Note, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def span(self) -> Span:
        """Return the place of the fault: the primary label's."""
        for label in self.labels:
            if label.primary:
                return label.span
        return self.labels[0].span if self.labels else Span(0, 0)

    @property
    def line(self) -> int:
        """Return the line of the fault, counted from 1."""
        return self.source.position(self.span.start)[0]

    @property
    def column(self) -> int:
        """Return the column of the fault, counted from 1."""
        return self.source.position(self.span.start)[1]

    @property
    def is_sure(self) -> bool:
        """Return whether there is one fix, which needs nobody's judgement."""
        return len(self.fixes) == 1 and self.fixes[0].applicability == "machine-applicable"

    def __str__(self) -> str:
        from archdsl.render.text import render

        return render(self)

    def _repr_html_(self) -> str:
        from archdsl.face.html import diagnostics

        return diagnostics((self,))


class Noted(NamedTuple):
    """What a reporter was told in a while: problems, how many errors they count as, and what was taken."""

    diagnostics: tuple[Diagnostic, ...]
    errors: int
    claims: tuple[tuple[Span, str], ...]

    @property
    def nothing(self) -> bool:
        """Return whether no problem was reported."""
        return not self.diagnostics and not self.errors


class Reporter:
    """Collects problems, so that a phase can go on after one."""

    __slots__ = ("_seen", "claims", "diagnostics", "errors", "limit", "spoilt")

    def __init__(self, limit: int = 100) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.limit = limit
        # All of them: a phase that asks whether a part is broken must not depend on what is listed.
        self.errors = 0
        # Lines that their reader reported: what the grammar says of them would be the same fault again.
        self.spoilt: set[int] = set()
        # Where somebody asks: what was taken from which place, and for what.
        self.claims: list[tuple[Span, str]] | None = None
        self._seen: set[tuple[str, Span, object]] = set()

    def claim(self, span: Span, what: str) -> None:
        """Note that what is printed at a place was taken for something."""
        if self.claims is not None:
            self.claims.append((span, what))

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a problem; the same fault at the same place is kept once (a bracket is lowered many times),
        `limit` in all."""
        self.errors += diagnostic.severity == "error"
        if (
            self.spoilt
            and diagnostic.code < "E03"
            and diagnostic.source.position(diagnostic.span.start)[0] in self.spoilt
        ):
            return
        code, span = diagnostic.code, diagnostic.span
        keys = {
            (code, span, diagnostic.labels[-1].span if diagnostic.labels else span),
            (code, span, diagnostic.message),
        }
        if len(self.diagnostics) < self.limit and keys.isdisjoint(self._seen):
            self._seen |= keys
            self.diagnostics.append(diagnostic)
            if len(self.diagnostics) == self.limit:
                told = Note("note", f"this is problem {self.limit}; more are not listed")
                self.diagnostics[-1] = diagnostic._replace(
                    notes=(*(note for note in diagnostic.notes if note != told), told)
                )

    def mark(self) -> tuple[int, int, int]:
        """Return a mark, for `since`."""
        return len(self.diagnostics), self.errors, len(self.claims or ())

    def since(self, mark: tuple[int, int, int]) -> Noted | None:
        """Return what was told since a mark; None where no further problem is listed, so that some may be
        lost."""
        listed, errors, claimed = mark
        if len(self.diagnostics) >= self.limit:
            return None
        claims = tuple((self.claims or ())[claimed:])
        return Noted(tuple(self.diagnostics[listed:]), self.errors - errors, claims)

    def everything(self) -> Noted:
        """Return all that was told, as far as it is listed."""
        return Noted(tuple(self.diagnostics), self.errors, tuple(self.claims or ()))

    def again(self, noted: Noted) -> None:
        """Be told once more what another run was told."""
        errors = self.errors + noted.errors
        for diagnostic in noted.diagnostics:
            self.add(diagnostic)
        self.errors = errors
        if self.claims is not None:
            self.claims += noted.claims

    def follow(self) -> None:
        """Count what a fault that was reported elsewhere breaks here, without a message of its own."""
        self.errors += 1

    @property
    def failed(self) -> bool:
        """Return whether an error (not a mere warning) was reported."""
        return self.errors > 0


class UserError(ValueError):
    """A fault of what the user gave; its message is all that there is to tell."""


class InternalError(Exception):
    """A bug in archdsl, not a mistake of its user."""
