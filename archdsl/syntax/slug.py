"""Printed names -> names that layers can carry."""

import re


def slug(name: str) -> str:
    """Make a name that layers can carry: `Conv2-x` -> `conv2_x`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
