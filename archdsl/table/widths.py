"""Columns of numbers that are networks sharing their rows: their widths (`0.5× | 1×`, `XS | S`), or how often
rows stand."""

import re

from archdsl.lang.networks import WORD, is_size, series
from archdsl.patterns import pattern
from archdsl.table.head import is_width
from archdsl.table.roles import CLAIMS, UNREAD, role_of, says_nothing
from archdsl.table.table import Body, ColumnRoles, Row

_NUMBER = pattern(r"\d[\d,]*")
_COUNT = pattern(r"[x×]?\s*\d{1,3}\s*[x×]?")
# Numbers of a layer that are not its channels: windows, strides, padding, what stands in a word.
_WINDOW = r"\d+\s*[x×]\s*\d+(?:\s*[x×]\s*\d+)?|/\s*\d+"
_OPTION = r"\b(?:s(?:tride)?|k(?:ernel)?|p(?:ad(?:ding)?)?|d(?:ilation)?)\s*=?\s*\d+|(?<=[A-Za-z])\d+"
_OTHERS = pattern(f"{_WINDOW}|{_OPTION}", re.IGNORECASE)
_DIGIT = pattern(r"\d")
_LAYERS = ("structure", "name")


def value_columns(headers: tuple[str, ...], roles: list[str], body: Body) -> tuple[tuple[int, ...], str]:
    """Find the columns that print one number of several networks, and its role: channels, or repeats of
    layers that have them."""
    named = [index for index, role in enumerate(roles) if role == "channels"]
    if named:
        return _together(body, [index for index in named if _holds(body, index, _NUMBER)]), "channels"
    alike = _alike(headers, roles, body)
    role = "repeat" if _have_channels(roles, body) else "channels"
    holds = [index for index in alike if _holds(body, index, _COUNT if role == "repeat" else _NUMBER)]
    return _together(body, holds), role


def _alike(headers: tuple[str, ...], roles: list[str], body: Body) -> list[int]:
    """List columns without a meaning of their own, or called by a size as others are, whose headers name
    networks."""
    names = [
        _called(header) if _holds(body, index, _COUNT) or _holds(body, index, _NUMBER) else ""
        for index, header in enumerate(headers)
    ]
    widths = [index for index, role in enumerate(roles) if role in ("", UNREAD) and is_width(headers[index])]
    if len(widths) > 1:
        return widths
    free = [index for index, role in enumerate(roles) if names[index] and role in ("", UNREAD, "structure")]
    sized = any(is_size(headers[index]) for index in free)  # beside `XS`, `S` is no stride
    free = [
        index
        for index, name in enumerate(names)
        if name and (index in free or (sized and is_size(headers[index])))
    ]
    groups = [
        [index for index in free if names[index] == name]
        for name in dict.fromkeys(names[index] for index in free)
    ]
    others = {
        series(headers[index])
        for index, role in enumerate(roles)
        if role == "structure" and index not in free
    }
    # `×4` beside a bracket is of that.
    return max((group for group in groups if names[group[0]] not in others), key=len, default=[])


def _called(header: str) -> str:
    """Return the series that a header names a network of; a property with a number is none (`filters 2`)."""
    words = [word for word in WORD.findall(header) if len(word) > 1 and not is_size(word)]
    return "" if any(map(role_of, words)) and not header.strip()[0].isdecimal() else series(header)


def _have_channels(roles: list[str], body: Body) -> bool:
    """Return whether most layers print a number that is no window, stride or part of a word."""
    column = next((roles.index(role) for role in _LAYERS if role in roles), None)
    texts = [row[column].text for row in body if column is not None and _DIGIT.search(row[column].text)]
    return 2 * sum(bool(_DIGIT.search(_OTHERS.sub(" ", text))) for text in texts) > len(texts)


def _together(body: Body, columns: list[int]) -> tuple[int, ...]:
    """Return the columns if several of them have numbers in one row, each its own."""
    rows = [row for row in body if columns and not all(row[index] is row[columns[0]] for index in columns)]
    several = any(sum(bool(_DIGIT.search(row[index].text)) for index in columns) > 1 for row in rows)
    return tuple(columns) if len(columns) > 1 and several else ()


def _holds(body: Body, index: int, form: re.Pattern[str]) -> bool:
    """Recognise a column of whole numbers, but for rows that print counts of the networks."""
    cells = [row[index].text.strip() for row in body if role_of(row[0].text) not in CLAIMS]
    filled = [cell for cell in cells if not says_nothing(cell)]
    return bool(filled) and all(map(form.fullmatch, filled))


def own_columns(shared: ColumnRoles, values: tuple[int, ...], index: int) -> ColumnRoles:
    """Return the roles of the columns for one of the networks: the numbers of the others are none of its."""
    return shared._replace(
        bound=tuple(one for one in shared.bound if one[2] == index or one[2] not in values), column=index
    )


def is_absent(row: Row, roles: ColumnRoles, values: tuple[int, ...]) -> bool:
    """Return whether a network does not have a row: it stands 0 times in it, or a dash is printed beside the
    repeats of others."""
    repeats = any(role == "repeat" and index == roles.column for role, _, index in roles.bound)
    own = row[roles.column].text.strip() if repeats and roles.column is not None else ""
    return bool(own) and _counts_none(own) and not all(_counts_none(row[index].text) for index in values)


def _counts_none(text: str) -> bool:
    return says_nothing(text) or text.strip() == "0"
