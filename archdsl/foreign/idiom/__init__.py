"""How a person would write a graph: under a style, with its blocks and brackets."""
