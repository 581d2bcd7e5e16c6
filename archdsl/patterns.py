"""Regular expressions that are compiled when one is first used: most tables need few of them, and a check
starts in milliseconds."""

import re

from archdsl.light import Any, cast


class _Lazy:
    def __init__(self, pattern: str, flags: int) -> None:
        self._said = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._said)
        for method in ("match", "fullmatch", "search", "finditer", "findall", "split", "sub"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` does, compiled on its first use."""
    return cast(re.Pattern[str], _Lazy(text, flags))
