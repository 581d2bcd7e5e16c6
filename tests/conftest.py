"""Options of the test run."""

import os

import pytest

# Modules that train, start many processes or build large networks, the longest first. They begin the run: a worker that
# takes one at its end works alone while the other has nothing left.
LONGEST = (
    "test_keras_applications.py",
    "test_scale_training.py",
    "test_backend_cross.py",
    "test_train.py",
    "test_docs.py",
    "test_convert.py",
    "test_golden.py",
    "test_faults.py",
    "test_deploy.py",
    "test_figure_nets.py",
    "test_sweep.py",
    "test_logs.py",
    "test_evaluate.py",
    "test_train_data.py",
)


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; `--dist loadscope` hands them out in this order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))
