"""The library, `std/*.arch`: styles, and blocks that a table may use by name; a file is read when something
needs it."""

import os
import re
from collections.abc import Callable

from archdsl.diagnostics import InternalError, Reporter
from archdsl.light import TYPE_CHECKING
from archdsl.native.reader import NativeReader
from archdsl.patterns import pattern
from archdsl.source import Source, Span
from archdsl.syntax.ast import BlockDef, Parameter, Reading
from archdsl.syntax.names import Blocks, compact, with_names
from archdsl.text.grid import Grid, GridSetting

if TYPE_CHECKING:
    from archdsl.syntax.parse import TableParser

_STD = os.path.join(os.path.dirname(os.path.dirname(__file__)), "std")
_BLOCK = pattern(
    r"^block\s+([A-Za-z][\w-]*)\s*(?:\((?:[^()]|\([^()]*\))*\))?\s*(?:also\s+([^=\n]*))?", re.MULTILINE
)

_INDEX: dict[str, str] = {}
_FILES: dict[str, "LibraryFile"] = {}


class LibraryFile:
    """One file of the library: settings as words, readings and blocks."""

    def __init__(
        self,
        name: str,
        settings: dict[str, str],
        parameters: tuple[Parameter, ...],
        blocks: dict[str, BlockDef],
        raw_readings: tuple[GridSetting, ...],
        parser: "TableParser",
    ) -> None:
        self.name = name
        self.settings = settings
        self.parameters = parameters
        self.blocks = blocks
        self._raw = raw_readings
        self._parser = parser
        self._readings: dict[int, Reading | None] = {}

    def readings(self, text: str) -> tuple[Reading, ...]:
        """Return the readings that a table of this text may need: one is parsed only where its words can
        occur."""
        found = []
        for number, setting in enumerate(self._raw):
            if _may_occur(setting.value.text, text):
                if number not in self._readings:
                    from archdsl.syntax.blocks import reading

                    self._readings[number] = reading(self._parser, setting.value)
                    self._check()
                found.append(self._readings[number])
        return tuple(one for one in found if one)

    def every_reading(self) -> tuple[Reading | None, ...]:
        """Parse all readings; what is broken is reported."""
        from archdsl.syntax.blocks import reading

        return tuple(reading(self._parser, setting.value) for setting in self._raw)

    def _check(self) -> None:
        if self._parser.reporter.failed:
            raise InternalError(f"std/{self.name}.arch: {self._parser.reporter.diagnostics[0].message}")


def names() -> tuple[str, ...]:
    """List the files of the library."""
    return tuple(sorted(name[:-5] for name in os.listdir(_STD) if name.endswith(".arch")))


def path_of(name: str) -> str:
    """Give the path of a file of the library."""
    return os.path.join(_STD, f"{name}.arch")


def holds(path: str) -> bool:
    """Return whether a file is one of the library."""
    return os.path.dirname(os.path.abspath(path)) == _STD


def text(name: str) -> str:
    """Give the text of a file of the library."""
    with open(path_of(name), encoding="utf-8") as file:
        return file.read()


def index() -> dict[str, str]:
    """Map the compact names of all blocks of the library to the file that defines them."""
    if not _INDEX:
        for name in names():
            for match in _BLOCK.finditer(text(name)):
                spellings = [match[1], *(match[2] or "").split(",")]
                _INDEX.update({compact(spelling): name for spelling in spellings if compact(spelling)})
    return _INDEX


def find(name: str) -> BlockDef | None:
    """Find a block of the library by its compact name."""
    file = index().get(name)
    return load(file).blocks.get(name) if file else None


def file_of(block: BlockDef) -> str | None:
    """Return the library file that a block comes from; None for one of the user's."""
    return next(
        (file.name for file in _FILES.values() if file.blocks.get(compact(block.name)) is block), None
    )


def load(name: str) -> LibraryFile:
    """Read a file of the library, once."""
    if name not in _FILES:
        _FILES[name] = _read(name)
    return _FILES[name]


def reader_of(source: Source) -> NativeReader:
    """Return a reader of a file of the library: it has no rows, so every line that is of no block is a
    setting."""
    return NativeReader(source, lambda word: True, lambda word: False, lambda word: False)


def _read(name: str) -> LibraryFile:
    source, reporter = Source(f"{name}.arch", text(name)), Reporter()
    file = read_file(name, source, reporter)
    file._check()
    return file


def read_file(name: str, source: Source, reporter: Reporter) -> LibraryFile:
    """Read a text as a file of the library; what is broken is reported."""
    from archdsl.syntax.parse import TableParser

    grids = reader_of(source).read(name, 0).grids
    grid = grids[0] if grids else Grid(name, (), (), Span(0, 0))
    parser = TableParser(source, reporter, frozenset({"classes"}), Blocks({}, _other(name)))
    parameters = parser.parameters_of(grid)
    blocks = parser.blocks_of(grid)
    raw = tuple(setting for setting in grid.settings if setting.key.text == "read")
    return LibraryFile(name, _settings(grid), parameters, with_names({}, blocks), raw, parser)


def _may_occur(pattern: str, text: str) -> bool:
    """Return whether a printed form can occur in a text; only a word before a bracket (`fc, [r, c]`) is
    looked for."""
    match = re.match(r"\s*([A-Za-z]+)\W*\[", pattern)
    return match is None or re.search(rf"\b{match[1]}\W*\[", text, re.IGNORECASE) is not None


def _other(name: str) -> Callable[[str], BlockDef | None]:
    """Blocks of other files of the library; this one's own are known in the order in which they are
    defined."""
    return lambda key: find(key) if index().get(key) not in (None, name) else None


def _settings(grid: Grid) -> dict[str, str]:
    return {
        setting.key.text: setting.value.text.strip()
        for setting in grid.settings
        if setting.key.text not in ("read", "param")
    }
