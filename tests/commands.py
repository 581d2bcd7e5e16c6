"""`archdsl COMMAND ...` without a process of its own: Python and TensorFlow are loaded once for all tests of a worker.

What the command does is the same. What only a process shows is shown by tests that start one: how it begins
(test_start.py, test_alone.py), how it ends and what TensorFlow itself prints (test_train.py, test_command.py), other
backends, kills, terminals and pipes.
"""

import os
import signal
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from archdsl.backends.quiet import import_keras
from archdsl.cli.main import main

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def archdsl(*words: str, cwd: Path, together: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; give what a process would have given. `together`: its errors are in its output."""
    import_keras()  # whole: a command would leave out parts that other tests need
    with TemporaryDirectory(prefix="archdsl-output-") as folder:
        paths = Path(folder, "out"), Path(folder, "out" if together else "err")
        with _as_in_a_process(cwd, *paths):
            code = _ended(list(words))
        output, errors = (path.read_text(encoding="utf-8") for path in paths)
    return subprocess.CompletedProcess(["archdsl", *words], code, output, "" if together else errors)


def _ended(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))


@contextmanager
def _as_in_a_process(cwd: Path, output: Path, errors: Path) -> Iterator[None]:
    """Let a block have a folder, two files for what it prints, and signals and an environment that it may change."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    with ExitStack() as stack:
        stack.enter_context(chdir(cwd))
        stack.callback(_restored, dict(os.environ))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # or what a library warns of would end the command
        # Files, not strings: a command may ask a stream for its descriptor. Appended to, so that both may be one.
        stack.enter_context(redirect_stdout(stack.enter_context(open(output, "a", 1, encoding="utf-8"))))
        stack.enter_context(redirect_stderr(stack.enter_context(open(errors, "a", 1, encoding="utf-8"))))
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _restored(environment: dict[str, str]) -> None:
    """Take back what a command changed in the environment, and touch nothing else: threads of TensorFlow may read it."""
    for name in {*environment, *os.environ}:
        if name not in environment:
            del os.environ[name]
        elif os.environ.get(name) != environment[name]:
            os.environ[name] = environment[name]
