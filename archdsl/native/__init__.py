"""A `.arch` text -> grids."""
