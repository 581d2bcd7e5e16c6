"""Specs under conventions -> nodes of the graph."""
