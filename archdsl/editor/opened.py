"""A document that an editor has open: analysed at each keystroke, and thoroughly when one stops typing."""

from archdsl.editor.document import Document, Live, analysed


class Opened:
    """One open document in its newest version; `version` is the editor's number of it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.version: int | None = None
        self.text = ""
        self._live = Live(path)
        self._document: Document | None = None
        self._full: Document | None = None

    def update(self, version: int | None, text: str) -> None:
        """Take in another version."""
        if self._document is None or version != self.version or text != self.text:
            self.version, self.text = version, text
            self._document = self._full = None

    @property
    def document(self) -> Document:
        """Return the version, analysed; where it was edited, only what changed is analysed again."""
        if self._document is None:
            self._document = self._live.document(self.text)
        return self._document

    @property
    def full(self) -> Document:
        """Return the version, analysed as `archdsl check` does: errors are told from their first cause."""
        if self._full is None:
            self._full = analysed(self.path, self.text)
        return self._full

    @property
    def told(self) -> Document:
        """Return the version as far as it was told: thoroughly, if that was asked for."""
        return self._full or self.document

    @property
    def waits(self) -> bool:
        """Return whether a thorough look may tell something else."""
        return self._full is None and self.document.compilation.failed
