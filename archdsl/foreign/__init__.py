"""Models and weights of other programs, read as data: nothing that a file brings along is executed."""
