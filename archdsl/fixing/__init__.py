"""Diagnostics with fixes that need nobody's judgement -> the text with those fixes applied."""
