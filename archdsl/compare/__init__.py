"""Two checked networks -> what is the same in them and what differs: canonical graphs, aligned stages,
aligned layers."""
