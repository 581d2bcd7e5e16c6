"""The vocabulary -> a Pygments lexer: specs in colour in Sphinx, MkDocs, LaTeX (minted) and terminals."""

import re
from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, Text

from archdsl.highlight.words import BLOCK, COMMENT, MARK, NAME, NUMBER, REPEAT, SIZE, words


class ArchLexer(RegexLexer):  # type: ignore[misc]
    """Colours native specs."""

    name = "archdsl"
    url = "https://github.com/archdsl/archdsl"
    aliases: ClassVar = ["arch", "archdsl"]
    filenames: ClassVar = ["*.arch"]
    mimetypes: ClassVar = ["text/x-arch"]
    flags = re.MULTILINE
    tokens: ClassVar = {
        "root": [
            (COMMENT, Comment.Single),
            (BLOCK, bygroups(Keyword.Declaration, Text, Name.Function)),
            (words("setting"), Keyword),
            (words("wire"), Keyword.Reserved),
            (REPEAT, Operator),
            (SIZE, Number),
            (words("layer"), Name.Builtin),
            (words("option"), Name.Attribute),
            (NUMBER, Number),
            (NAME, Name.Tag),
            (MARK, Punctuation),
            (r"[^\W\d]\w*", Name),
            (r"\s+|.", Text),
        ]
    }
