"""Printed counts -> what was computed."""
