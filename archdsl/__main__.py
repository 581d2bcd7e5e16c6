"""`python -m archdsl`."""

from archdsl.cli.main import entry

entry()
