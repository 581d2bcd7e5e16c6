"""Graph -> figure: collapse repeats, model the drawing, write DOT, run Graphviz."""
