"""From a keystroke to the diagnostics of an editor, in a spec of so many rows: milliseconds, the median of many.

A character is typed into a row in the middle and taken away again, so that every second version has an error.
"""

import statistics
import sys
import time

from rows import table

from archdsl.editor.document import Live, analysed
from archdsl.editor.telling import told


def versions(text: str, row: int) -> list[str]:
    """Give the texts while somebody changes the channels of a row: sound, broken and other ones in turn."""
    before = f"row{row} 32x32 [3x3, 16; 3x3, 16]"
    others = (
        "[3x3, 1; 3x3, 16]",
        "[3x3, ; 3x3, 16]",
        "[3x3, 2; 3x3, 16]",
        "[3x3, 24; 3x3, 16]",
        "[3x3, 16; 3x3, 16",
    )
    return [text.replace(before, f"row{row} 32x32 {one}") for one in others]


def main() -> None:
    """Print the median and the slowest keystroke, what a version takes that is analysed whole, and the work."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    text = table(rows)
    live = Live("net.arch")
    live.document(text)
    taken = []
    for _ in range(5):
        for version in (*versions(text, rows // 2), text):
            start = time.perf_counter()
            told(live.document(version))
            taken.append(time.perf_counter() - start)
    start = time.perf_counter()
    told(analysed("net.arch", text))
    whole = time.perf_counter() - start
    median, slowest = statistics.median(taken) * 1e3, max(taken) * 1e3
    print(f"{rows:,} rows: keystroke {median:.1f} ms (median of {len(taken)}), slowest {slowest:.1f} ms")
    print(f"analysed whole {whole * 1e3:.1f} ms; made again at the last keystroke: {live.kept.work()}")


if __name__ == "__main__":
    main()
