"""Options of the test run."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites the generated blocks of the golden suites."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the generated blocks of tests/golden/**/*.md in place",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to rewrite expectations where nobody reads the difference."""
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError(
            "--update-golden is refused in CI: run it on your machine and commit what it changed"
        )
