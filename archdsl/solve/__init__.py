"""Declared sizes -> the strides and paddings that a row leaves open."""
