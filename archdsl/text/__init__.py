"""A text and its cells: characters, each with its place in the source."""
