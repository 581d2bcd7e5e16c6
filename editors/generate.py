"""Write what is made of the ops: the index of their words, and the grammar of editors.

They are `archdsl/ops/index.py` and `arch.tmLanguage.json`. With `--check`, tell whether they are current.
"""

import sys
from collections.abc import Callable
from importlib import reload
from pathlib import Path

from archdsl.ops import index, indexing
from archdsl.writing import write_whole

HERE = Path(__file__).parent


def grammar() -> str:
    """Write the grammar of editors, from the vocabulary as it is by now."""
    from archdsl.highlight.textmate import text

    return text()


# In this order: the vocabulary is made of the index.
FILES: dict[Path, Callable[[], str]] = {
    HERE.parent / "archdsl" / "ops" / "index.py": indexing.text,
    HERE / "arch.tmLanguage.json": grammar,
}


def main() -> int:
    """Write the files, or compare them."""
    stale = 0
    for path, written in FILES.items():
        if "--check" not in sys.argv:
            write_whole(path, written())
            reload(index)
        elif path.read_text(encoding="utf-8") != written():
            stale += 1
            print(f"{path.name} is not current: run python editors/generate.py", file=sys.stderr)
    return int(stale > 0)


if __name__ == "__main__":
    sys.exit(main())
