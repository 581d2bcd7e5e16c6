"""A folder -> its specs: those that check, and what is wrong with the others."""

from collections.abc import Iterator

from archdsl.face.diagnostics import Diagnostics
from archdsl.loading import compile_path, files_below
from archdsl.network import Network, Spec
from archdsl.pipeline import Compilation
from archdsl.resolve.settings import Overrides

_NO_TABLE = ("E0110", "E0111")


class Folder:
    """The specs in a folder by their paths: `specs` are those without errors, `broken` has the errors of the
    others."""

    def __init__(self, path: str, overrides: Overrides) -> None:
        self.path = path
        self.specs: dict[str, Spec] = {}
        self.broken: dict[str, Diagnostics] = {}
        for file in files_below(path):
            self._add(file, compile_path(file, overrides))

    def _add(self, file: str, found: Compilation) -> None:
        """Keep a file; a document without a table of a network is passed over."""
        codes = {diagnostic.code for diagnostic in found.diagnostics}
        if not found.failed:
            self.specs[file] = Spec(found)
        elif file.endswith(".arch") or codes.isdisjoint(_NO_TABLE):
            self.broken[file] = Diagnostics(found.diagnostics)

    @property
    def networks(self) -> tuple[Network, ...]:
        """Return all networks, in the order of their files."""
        return tuple(network for spec in self.specs.values() for network in spec.networks)

    def __iter__(self) -> Iterator[str]:
        return iter(self.specs)

    def __len__(self) -> int:
        return len(self.specs)

    def __getitem__(self, path: str) -> Spec:
        return self.specs[path]

    def __repr__(self) -> str:
        return f"<Folder {self.path}: {len(self.specs)} specs, {len(self.broken)} with errors>"

    def _repr_html_(self) -> str:
        from archdsl.face import html

        return html.networks(self.networks, files=True) + "".join(map(html.diagnostics, self.broken.values()))
