"""Column headers -> the role of each column."""

import re

from archdsl.readers.grid import Grid

# Roles of columns: what a cell under such a header says. Operators' properties are named as options of layers are.
LEXICON = {
    "name": (
        "layer",
        "layer name",
        "layers",
        "name",
        "stage",
        "stage name",
        "group name",
        "group",
        "block name",
        "stage i",
        "stages",
        "layer name/type",
        "level",
        "module",
        "row",
        "no",
        "index",
        "#",
    ),
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
        "output resolution",
        "output dimension",
        "output dimensions",
        "output dim",
        "map size",
        "size-out",
        "size out",
        "output map",
        "output volume",
        "activation shape",
        "dimensions",
    ),
    "input": (
        "input",
        "input size",
        "input shape",
        "size-in",
        "size in",
        "in size",
        "input resolution",
        "resolution",
        "resolution hxw",
        "input dimension",
        "input dimensions",
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
        "type",
        "layer type",
        "op",
        "operators",
        "parameters of layer",
        "layer description",
        "description",
    ),
    "fused": (
        "size/stride",
        "patch size/stride",
        "filter size/stride",
        "kernel size/stride",
        "kernel/stride",
        "patch size / stride or remarks",
        "patch size/stride or remarks",
        "filter/stride",
        "filter size/stride (if not a fire layer)",
        "kernel",
        "kernel size",
        "filter size",
        "k",
        "patch size",
        "window",
        "window size",
        "kernel_size",
        "filter",
    ),
    "filter": ("filter shape", "kernel shape", "weight shape", "filter dimensions"),
    "stride": ("s", "stride", "strides", "stride size"),
    "padding": ("p", "pad", "padding"),
    "dilation": ("d", "dilation", "dilation rate", "dilations"),
    "groups": ("groups", "g", "cardinality"),
    "channels": (
        "c",
        "channels",
        "#channels",
        "#out",
        "out channels",
        "output channels",
        "filters",
        "#filters",
        "number of filters",
        "no. of filters",
        "feature maps",
        "#maps",
        "maps",
        "num filters",
        "width",
        "# output channels",
        "number of channels",
        "units",
        "#channels c",
        "num. of filters",
        "output filters",
        "depth (channels)",
        "neurons",
        "cout",
        "c_out",
    ),
    "repeat": (
        "n",
        "repeat",
        "repeats",
        "#layers",
        "times",
        "number of layers",
        "#repeat",
        "repetitions",
        "#blocks",
        "num blocks",
        "number of blocks",
        "num layers",
    ),
    "expansion": ("t", "expansion", "expansion factor", "expand ratio", "expansion ratio", "expansion rate"),
    "expanded": ("exp size", "exp", "expanded", "#exp", "expansion size", "expanded channels", "hidden"),
    "se": ("se", "squeeze-excite", "squeeze excite", "squeeze-and-excite", "squeeze-and-excitation", "se ratio"),
    "activation": ("nl", "activation", "activations", "non-linearity", "nonlinearity", "act", "activation function"),
    "dropout": ("dropout", "dropout rate"),
    "params": (
        "params",
        "#params",
        "parameters",
        "#parameter",
        "#parameters",
        "param #",
        "no. of parameters",
        "number of parameters",
        "weights",
        "# params.",
        "params.",
        "#params.",
        "#parameter before pruning",
        "param",
    ),
    "macs": ("flops", "macs", "mult-adds", "ops", "mflops", "madds", "multiply-adds", "mult-add", "#flops", "gflops", "mac"),
    "depth": ("depth",),
}
IGNORE = "ignore"  # said of a column by `columns`: it holds nothing of the architecture
ELIDED = re.compile(r"\s*(?:←.*|<-|〃|\"|''|same|ditto|idem|同左|同上|[×xX*]\s*\S+|\[\.\.\.\].*)\s*", re.IGNORECASE)
PLAIN = ("name", "size", "structure")
CLAIMS = ("params", "macs", "depth")  # counts, of a row or of the whole network
# Headers that print two roles with a slash between them.
_PAIR = re.compile(r"([\w #.-]+?)\s*/\s*([\w #.-]+)")
_STRUCTURAL = re.compile(
    r"\[(?!\s*\d+(?:\s*[,–-]\s*\d+)*\s*\])|\d\s*[x×]\s*\d{1,4}\s*,|conv(?:olution|\d|\b|_)|pool|\bdense\b|\bfc\b|flatten|dropout|softmax",
    re.IGNORECASE,
)
SIZE = re.compile(r"\d+\s*[x×]\s*\d+(?:\s*[x×]\s*\d+)*(?![\w.])|\d+\s*(?:\^\s*2|²)(?:\s*[x×]\s*\d+)?(?![\w.])|-(?=\s|$)")


def header_words(header: str) -> str:
    """Bring a header to the form of the lexicon: lower case, single spaces, no hats and no units in brackets."""
    text = re.sub(r"[\u0302^]|\\hat|\s=\s.*", "", header.translate(_HATS)).strip(" *:.").lower()
    text = re.sub(r"\s*/\s*", "/", re.sub(r"[\s_]+", " ", text))
    return re.sub(r"#\s+", "#", re.sub(r"\s*×\s*|(?<= .) x (?=. ?i)|(?<=i) x (?=. ?i)", "x", text)).strip()


_HATS = str.maketrans("ĈĤŴĉĥŵ", "CHWchw")
_ROLES = {header_words(word): role for role, words in LEXICON.items() for word in words}
# The symbol after a header's words: `Operator F_i`, `Resolution H_i x W_i`.
_SYMBOL = re.compile(r"(?<=\w)(?:\s+[a-z]\s?i)(?:\s*x\s*[a-z]\s?i)*$")


def role_of(header: str) -> str | None:
    """Give the role that a header's words have, if any."""
    words = header_words(header)
    for form in (words, words.replace("-", " "), re.sub(r"\s*\([^)]*\)$", "", words), _SYMBOL.sub("", words), words.lstrip("#").strip()):
        if form in _ROLES:
            return _ROLES[form]
    pair = _PAIR.fullmatch(words)
    if pair and pair[2].strip() in ("stride", "s") and role_of(pair[1]) in ("structure", "name", "fused"):
        return "structure" if role_of(pair[1]) != "fused" else "fused"
    return None


def plain_columns(headers: list[str]) -> dict[str, int] | None:
    """Assign columns where a table has no others than a name, a size and a structure; None where it has."""
    roles: dict[str, int] = {}
    for index, header in enumerate(headers):
        role = role_of(header)
        role = "structure" if role is None and index == len(headers) - 1 and "structure" not in roles else role
        if role not in PLAIN or role in roles:
            return None
        roles[role] = index
    return roles if "structure" in roles else None


def holds_layers(cells: list[str]) -> bool:
    """Tell a column whose cells mostly hold layers."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(1 for cell in filled if _STRUCTURAL.search(cell)) * 2 >= len(filled)


def is_data(text: str) -> bool:
    """Tell a cell of the body: a size, a number or layers."""
    text = text.strip()
    return bool(text) and bool((SIZE.match(text) and text != "-") or text[0].isdigit() or holds_layers([text]))


def holds_network(cells: list[str], further: bool) -> bool:
    """Tell a column that describes a network: layers, and dittos of the column beside it (`further`: there is one)."""
    filled = [cell for cell in cells if cell.strip()]
    layers = sum(1 for cell in filled if _STRUCTURAL.search(cell))
    return (layers > 0 or (further and bool(filled))) and (layers + sum(1 for cell in filled if ELIDED.fullmatch(cell))) * 2 >= len(filled)


def looks_structural(grid: Grid) -> bool:
    """Tell a table from prose: some row has a size, or layers."""
    return any(row.size.text.strip() or _STRUCTURAL.search(row.structure.text) or row.parts[0].bound for row in grid.rows)
