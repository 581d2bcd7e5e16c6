"""The gallery: every spec of the repository with its source, its counts and its figure."""

import re
import tempfile
from pathlib import Path

import archdsl
from archdsl.network import Network

_PAPER = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


def pages(root: Path) -> dict[str, str | bytes]:
    """Make a page and a figure for each spec, and one page that leads to them."""
    found: dict[str, str | bytes] = {}
    rows = ["# Gallery", "", "Every figure is drawn from the table beside it; every count is checked.", ""]
    rows += ["| spec | networks | parameters | multiply-adds |", "| --- | --- | --- | --- |"]
    for path in sorted((root / "specs").rglob("*.arch")):
        name = path.relative_to(root / "specs").with_suffix("").as_posix().replace("/", "-")
        networks = list(_networks(path))
        found[f"gallery/{name}.svg"] = _figure(networks[0])
        found[f"gallery/{name}.md"] = _page(path, root, name, networks)
        rows.append(_row(name, networks))
    return {"gallery/index.md": "\n".join(rows), **found}


def _networks(path: Path) -> tuple[Network, ...]:
    return archdsl.load(str(path)).networks


def _figure(network: Network) -> bytes:
    """Draw a network for light and dark pages."""
    from archdsl.figure.draw import draw

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figure.svg"
        draw(network, str(out), theme="auto", level="auto")
        return out.read_bytes()


def _page(path: Path, root: Path, name: str, networks: list[Network]) -> str:
    text = path.read_text(encoding="utf-8")
    about = " ".join(line.lstrip("# ") for line in text.split("\n") if line.startswith("#"))
    parts = [f"# {name}", "", _PAPER.sub(r"[arXiv:\1](https://arxiv.org/abs/\1)", about), ""]
    parts += ["| network | input | trainable | total | multiply-adds | depth |", "| --- " * 6 + "|"]
    parts += [_counts(network) for network in networks]
    parts += ["", f"![The network {networks[0].name} as a figure]({name}.svg)", ""]
    return "\n".join([*parts, f"`{path.relative_to(root).as_posix()}`", "", "```arch", text.rstrip(), "```"])


def _counts(network: Network) -> str:
    size = "x".join(map(str, network.input))
    trainable, total = network.params.trainable, network.params.total
    return (
        f"| {network.name} | {size} | {trainable:,} | {total:,} | {network.macs / 1e6:,.1f} M "
        f"| {network.counts.depth} |"
    )


def _row(name: str, networks: list[Network]) -> str:
    totals = [network.params.total for network in networks]
    macs = [network.macs / 1e6 for network in networks]
    spread = f"{min(totals):,}" + (f" to {max(totals):,}" if len(totals) > 1 else "")
    work = f"{min(macs):,.1f} M" + (f" to {max(macs):,.1f} M" if len(macs) > 1 else "")
    return f"| [{name}]({name}.md) | {len(networks)} | {spread} | {work} |"
