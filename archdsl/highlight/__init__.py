"""Colours of a native spec without reading it: the vocabulary as a TextMate grammar and as a Pygments
lexer."""
