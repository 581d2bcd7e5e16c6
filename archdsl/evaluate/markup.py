"""HTML by functions: a text is escaped where it enters, so that no name of a class or a network is ever read
as markup."""

from html import escape

from archdsl.evaluate.table import Table, one_line

_VOID = ("img", "meta")


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def html(text: str) -> Html:
    """Return a text as HTML."""
    return text if isinstance(text, Html) else Html(escape(text))


def tag(name: str, /, *content: str, **attributes: str | int) -> Html:
    """Return an element; `class_` and `aria_label` are the attributes class and aria-label."""
    given = "".join(
        f' {key.strip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    inner = "".join(map(html, content))
    return Html(f"<{name}{given}>" if name in _VOID else f"<{name}{given}>{inner}</{name}>")


def join(parts: list[Html]) -> Html:
    """Put elements one after another."""
    return Html("\n".join(parts))


def table(data: Table) -> Html:
    """Return a table, with its caption and headers for screen readers, in a box that scrolls on its own where
    it is wide."""
    head = tag(
        "tr",
        *(tag("th", one_line(text), scope="col", **_kind(data, at)) for at, text in enumerate(data.headers)),
    )
    rows = [
        tag("tr", *(_cell(data, row, column) for column in range(len(cells))))
        for row, cells in enumerate(data.rows)
    ]
    inner = tag("table", tag("caption", data.caption), tag("thead", head), tag("tbody", *rows))
    return scroll(inner, data.caption)


def scroll(inner: Html, name: str) -> Html:
    """Return a box that can be scrolled by keyboard, too."""
    return tag("div", inner, class_="scroll", tabindex=0, role="region", aria_label=name)


def _cell(data: Table, row: int, column: int) -> Html:
    text = one_line(data.rows[row][column])
    if column == 0:
        return tag("th", text, scope="row")
    return tag("td", tag("strong", text) if (row, column) in data.best else text, **_kind(data, column))


def _kind(data: Table, column: int) -> dict[str, str]:
    return {} if column < data.names else {"class_": "number"}
