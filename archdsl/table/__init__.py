"""A sheet -> grids: roles of columns, and the habits of print put straight."""
