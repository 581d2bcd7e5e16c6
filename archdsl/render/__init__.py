"""Diagnostics -> text: one module per output format."""
