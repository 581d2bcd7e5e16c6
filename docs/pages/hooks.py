"""The events of MkDocs: pages made from the code, and what ours say for GitHub put right for the site."""

import posixpath
import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))
import gallery
import reference

ROOT = Path(__file__).parents[2]
# Documents of the repository that are pages of the site too, by their page.
COPIED = {
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "benchmarks/README.md": "benchmarks.md",
}
# Where the site has a page about a folder.
_ABOUT = {"specs": "gallery/index.md"}
_FENCE = re.compile(r"^(```+[ \t]*)([\w-]+)[ \t]+[^\n`{]+$", re.MULTILINE)
_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are made from the code, and those that stand elsewhere in the repository."""
    pages: dict[str, str | bytes] = {**reference.pages(), **gallery.pages(ROOT)}
    for source, page in COPIED.items():
        pages[page] = (ROOT / source).read_text(encoding="utf-8")
    for page, content in pages.items():
        files.append(File.generated(config, page, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Keep the language of a fence alone, and lead links to files of the repository there."""
    source = next((name for name, copied in COPIED.items() if copied == page.file.src_uri), None)
    here = posixpath.dirname(source if source else f"docs/{page.file.src_uri}")
    parts, end = [], 0
    for code in _CODE.finditer(markdown):
        parts += [_linked(markdown[end : code.start()], here, page, config, files), code[0]]
        end = code.end()
    text = "".join(parts) + _linked(markdown[end:], here, page, config, files)
    return _FENCE.sub(r"\1\2", text)


def _linked(text: str, here: str, page: Any, config: Any, files: Files) -> str:
    def link(match: re.Match[str]) -> str:
        return match[1] + _target(match[2], here, page, config, files) + match[3]

    return _LINK.sub(link, text)


def _target(link: str, here: str, page: Any, config: Any, files: Files) -> str:
    """Return where a link leads on the site: a page of it, or the file on the repository's own pages."""
    if ":" in link or _included(files, _from(page, link)):
        return link
    path = posixpath.normpath(posixpath.join(here, link))
    where = (COPIED | _ABOUT).get(path, path.removeprefix("docs/") if path.startswith("docs/") else None)
    if where and _included(files, where):
        return posixpath.relpath(where, posixpath.dirname(page.file.src_uri) or ".")
    if not (ROOT / path).exists():
        return link  # the strict build tells that it leads nowhere
    return f"{config['repo_url']}/{'tree' if (ROOT / path).is_dir() else 'blob'}/main/{path}"


def _included(files: Files, path: str) -> bool:
    found = files.get_file_from_path(path)
    return found is not None and found.inclusion.is_included()


def _from(page: Any, link: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), link))
