"""A word of the language, or a problem's code -> the text that explains it."""
