"""`archdsl COMMAND ...`: finds the command's module and keeps every traceback from the user."""

import gc
import io
import os
import sys

from archdsl.cli.plain_words import plainly
from archdsl.diagnostics import UserError
from archdsl.light import Any, import_module

COMMANDS = {
    "check": "check a table: sizes, parameters, multiply-adds",
    "list": "list the networks in files, or the specs that come with archdsl",
    "facts": "print the fact sheet of a network: counts, memory, receptive fields",
    "draw": "draw a network as svg, png, pdf, tex, dot, mmd, or a page to explore",
    "serve": "show a file on a page in the browser, and follow its changes",
    "diff": "compare two networks: stages, layers, counts",
    "fmt": "format specs, or write a table as native text, Markdown or LaTeX",
    "compile": "write a network or a run for Keras, ONNX, LiteRT, TensorFlow, or as source",
    "decompile": "write the spec of a Keras model",
    "import-weights": "import the weights of a Keras or PyTorch model into a spec",
    "bench": "measure the speed of a network or a run on every installed engine",
    "data": "convert images to TFRecords, verify and view them",
    "train": "train a network on images",
    "recipe": "print a training recipe as a file to edit; list recipes and their keys",
    "sweep": "train with many recipes, chosen by Optuna, and report the best",
    "eval": "evaluate a trained run on one of its splits",
    "predict": "classify image files with a trained run or a Keras model",
    "compare": "compare runs: configurations, results, curves",
    "completion": "print a script that completes commands in a shell",
    "lsp": "serve an editor: diagnostics, hints, fixes and more as you type (the Language Server Protocol)",
    "mcp": "serve an assistant: check, count, draw and explain as tools (the Model Context Protocol)",
    "explain": "explain a problem, a style, a setting, a layer or a block; without a word, list them",
}
FILES = ("check",)  # commands that declare nothing but files and options with defaults
USAGE, MISSING, INTERNAL, INTERRUPTED = 2, 3, 70, 130


def main(argv: list[str] | None = None) -> int:
    """Run a command line and give its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - None where the shell closed it
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show × or ✓ gets its code instead.
            stream.reconfigure(errors="backslashreplace")
    try:
        told = _told(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        return _refused(error)
    return _guarded(argv[0], argv[1:]) if told is None else told


def _told(argv: list[str]) -> int | None:
    """Say what needs no command, and give the exit code; None where a command is called."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(overview())
        return 0 if argv else USAGE
    if argv[0] in ("-V", "--version"):
        from archdsl import __version__

        print(f"archdsl {__version__}")
        return 0
    return None if argv[0] in COMMANDS else _unknown(argv[0])


def overview() -> str:
    """Write the list of commands."""
    lines = [f"  {name:<15} {text}" for name, text in COMMANDS.items()]
    return (
        "archdsl: architecture tables as programs\n\nusage: archdsl COMMAND ...\n\n"
        + "\n".join(lines)
        + "\n\nTables are read from specs (.arch), Markdown, LaTeX, HTML, CSV and text:"
        "\n  archdsl check paper.tex --input 224x224x3"
        "\n  archdsl check 'README.md#table-2' --explain"
        "\n\n`archdsl COMMAND --help` shows the options of a command, `archdsl explain` lists the language, "
        "`archdsl --version` prints the version."
    )


def _unknown(word: str) -> int:
    from difflib import get_close_matches

    close = get_close_matches(word, COMMANDS, 1)
    hint = f"; did you mean `{close[0]}`?" if close else f"; the commands: {', '.join(COMMANDS)}"
    _say(f"archdsl: unknown command `{word}`{hint}")
    return USAGE


def _run(command: str, argv: list[str]) -> int:
    module = import_module(f"archdsl.cli.{command.replace('-', '_')}")
    args = _arguments(module, command, argv)
    if getattr(args, "layers", None):
        from archdsl.backends.own import run_file

        run_file(args.layers)
    code: int = module.run(args)
    return code


def _guarded(command: str, argv: list[str]) -> int:
    debug = "--debug" in argv
    try:
        if _lacks(command, argv):
            return MISSING
        code = _run(command, argv)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("archdsl: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if debug:
            raise
        if isinstance(error, OSError):
            return _refused(error)
        if isinstance(error, ModuleNotFoundError) and _is_of_an_extra(error):
            return MISSING
        if isinstance(error, UserError):
            _say(f"archdsl: {error}")
            return USAGE
        print(
            f"archdsl: internal error: {type(error).__name__}: {error}\n"
            "This is a bug in archdsl, not an error in your spec: please report it with the output of the "
            "same command and --debug.",
            file=sys.stderr,
        )
        return INTERNAL


def _lacks(command: str, argv: list[str]) -> bool:
    """Return whether an extra that a command needs is not installed, and tell so; its help needs none."""
    if command in FILES or "-h" in argv or "--help" in argv:
        return False
    from archdsl.extras import refusal

    said = refusal(command)
    if said:
        _say(f"archdsl: {said}")
    return bool(said)


def _is_of_an_extra(error: ModuleNotFoundError) -> bool:
    """Return whether a module that could not be imported belongs to an extra, and tell which."""
    from archdsl.extras import part_of

    said = part_of(error)
    if said:
        _say(f"archdsl: {said}")
    return bool(said)


def _arguments(module: Any, command: str, argv: list[str]) -> Any:
    if command in FILES and (files := plainly(module, argv)):
        return files
    from archdsl.cli.options import parsed

    return parsed(module, command, COMMANDS[command], argv)


def _refused(error: OSError) -> int:
    """Say what the system refused; what is still to be written is dropped, or the interpreter would try
    again at its end."""
    place = f"{error.filename}: " if error.filename else ""
    _say(f"archdsl: {place}{(error.strerror or str(error)).lower()}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return USAGE


def _say(text: str) -> None:
    from archdsl.cli.common import say

    say(text)


def entry() -> None:
    """Run as the installed command."""
    gc.set_threshold(100_000)  # looking for cycles is a thirtieth of a check, and there are none in tuples
    code = main()
    # or Python would look through all objects of the frameworks for cycles, several times, before it ends
    gc.freeze()
    sys.exit(code)
