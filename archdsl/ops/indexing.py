"""The text of `index.py`: where each op is declared, and the words of all: a word is known before its op is
loaded."""

from archdsl.ops import declared

# The modules of declarations, in the order in which lists show their ops.
MODULES = (
    *("conv", "dense", "recurrent", "columns", "own", "pool", "enlarge", "norm", "local", "pointwise"),
    *("merge", "arrange", "channels", "attention", "tokens", "relative", "sequence"),
)
_HEAD = '"""Where each op is declared, and its words: `editors/generate.py` writes it of the declarations."""'


def text() -> str:
    """Write the index of all declarations."""
    ops = {module: declared(module).values() for module in MODULES}
    found = [op for some in ops.values() for op in some]
    tables = {
        "MODULES": {op.name: module for module, some in ops.items() for op in some},
        "WORDS": {word: op.name for op in found for word in op.words},
        "NORMS": {op.name: op.norm for op in found if op.norm},
        "GIVEN": {word: f"{op.name} {flag}" for op in found for word, flag in op.also.items()},
    }
    takes = "".join(f'    "{op.name}",\n' for op in found if op.takes_norm)
    made = [*(_table(name, table) for name, table in tables.items()), f"TAKES_NORM = (\n{takes})\n"]
    return "\n\n".join([_HEAD, "\n".join(made)])


def _table(name: str, table: dict[str, str]) -> str:
    lines = "".join(f'    "{key}": "{value}",\n' for key, value in table.items())
    return f"{name} = {{\n{lines}}}\n"
