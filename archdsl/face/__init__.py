"""The Python face: what the functions of the package take, and what a notebook shows of their results."""
