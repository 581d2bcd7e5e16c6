"""The manual page, out of the parsers of the commands."""

import argparse

from archdsl import __version__
from archdsl.cli.whole import parsers

ABOUT = """.TH ARCHDSL 1 "" "archdsl {version}" "User Commands"
.SH NAME
archdsl \\- architecture tables as programs
.SH SYNOPSIS
.B archdsl
.I COMMAND
[\\fIargument\\fR ...]
.SH DESCRIPTION
Papers print a network as a table. archdsl takes the table as printed, checks every declared size,
solves what the table leaves open and says what it solved, counts parameters and multiply-adds,
draws the figure, compiles to a Keras model, and trains it. Tables are read from specs (.arch),
Markdown, LaTeX, HTML, CSV and text. Where no file is called so, the name of a spec that comes
along is taken:
.B archdsl check papers/resnet#50-layer
.SH COMMANDS
"""
REST = """.SH EXIT STATUS
.TP
.B 0
clean; warnings are, without --strict
.TP
.B 1
a table has errors, two networks differ, or a file would be changed
.TP
.B 2
a wrong command line, or a file that cannot be read or written
.TP
.B 3
a package is not installed; the message has the line that installs it
.TP
.B 4
training failed, or a file cannot be written as asked
.TP
.B 70
a mistake of archdsl
.TP
.B 130
interrupted; what a training had done is saved
.SH ENVIRONMENT
.TP
.B NO_COLOR, FORCE_COLOR, TERM
messages have colours on a terminal, unless NO_COLOR is set or TERM is dumb; FORCE_COLOR asks for
them elsewhere; \\-\\-color wins over all of them
.TP
.B KERAS_BACKEND
the engine that Keras computes with: tensorflow, jax or torch
.SH SEE ALSO
.B archdsl explain
lists the language, and explains each problem, style, setting, layer and block.
"""


def page() -> str:
    """Write the manual page."""
    commands = "".join(_command(name, about, made) for name, about, made in parsers())
    return ABOUT.format(version=__version__) + commands + REST


def _command(name: str, about: str, made: argparse.ArgumentParser) -> str:
    usage = " ".join(made.format_usage().removeprefix("usage: ").split())
    lines = [f".SS archdsl {name}", _roff(about[0].upper() + about[1:]) + ".", ".PP", f".B {_roff(usage)}"]
    for action in made._actions:
        if action.help and action.help != argparse.SUPPRESS and action.dest != "help":
            lines += [".TP", f".B {_roff(_spelt(action))}", _roff(" ".join(_told(action).split()))]
    if made.epilog:
        lines += [".PP", _roff(made.epilog)]
    return "\n".join(lines) + "\n"


def _spelt(action: argparse.Action) -> str:
    """Write an argument as it is typed."""
    value = "" if action.nargs == 0 else _value(action)
    if not action.option_strings:
        return value
    return ", ".join(f"{name} {value}".rstrip() for name in action.option_strings)


def _value(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()


def _told(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%")


def _roff(text: str) -> str:
    """Escape what the formatter would obey."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + escaped if escaped.startswith((".", "'")) else escaped
