"""A figure as a page: one self-contained file to move, zoom, search and ask."""
