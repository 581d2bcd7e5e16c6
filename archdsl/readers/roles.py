"""Column headers -> the role of each column."""

import re

from archdsl.readers.grid import Grid

_LEXICON = {
    "name": ("layer", "layer name", "layers", "name", "stage", "stage name", "group name", "group", "block name", "type", "layer type"),
    "size": (
        "output",
        "output size",
        "out size",
        "size",
        "output shape",
        "out",
        "output map size",
        "feature map",
        "feature map size",
        "resolution",
    ),
    "structure": (
        "structure",
        "operator",
        "operation",
        "block",
        "blocks",
        "block type",
        "configuration",
        "architecture",
        "structure detail",
        "details",
        "layer structure",
        "network",
        "filters",
    ),
}
_ROLES = {word: role for role, words in _LEXICON.items() for word in words}
_STRUCTURAL = re.compile(r"\[|\d\s*[x×]\s*\d{1,4}\s*,|conv|pool|dense|\bfc\b|flatten|dropout|softmax", re.IGNORECASE)
SIZE = re.compile(r"\d+\s*[x×]\s*\d+(?:\s*[x×]\s*\d+)*(?![\w.])|\d+\s*(?:\^\s*2|²)(?:\s*[x×]\s*\d+)?(?![\w.])|-(?=\s|$)")


def role_of(header: str) -> str | None:
    """Give the role that a header's words have, if any."""
    return _ROLES.get(re.sub(r"[\s_-]+", " ", header.strip(" *:.#")).lower())


def column_roles(headers: list[str], rows: list[list[str]]) -> dict[str, int] | None:
    """Assign columns to roles; None where the table describes no network.

    A header decides where its words are known. What it leaves open (an empty header) is decided by the cells: the
    first column left that mostly holds layers is the structure.
    """
    roles: dict[str, int] = {}
    for index, header in enumerate(headers):
        role = role_of(header)
        if role and role not in roles:
            roles[role] = index
    if "structure" not in roles:
        for index in range(len(headers)):
            if index not in roles.values() and _holds_layers(index, rows):
                roles["structure"] = index
                break
    return roles if "structure" in roles and ("name" in roles or "size" in roles or _holds_layers(roles["structure"], rows)) else None


def looks_structural(grid: Grid) -> bool:
    """Tell a table from prose: some row has a size, or layers."""
    return any(row.size.text.strip() or _STRUCTURAL.search(row.structure.text) for row in grid.rows)


def _holds_layers(index: int, rows: list[list[str]]) -> bool:
    cells = [row[index] for row in rows if index < len(row) and row[index].strip()]
    hits = sum(1 for cell in cells if _STRUCTURAL.search(cell))
    return bool(cells) and hits * 2 >= len(cells)
