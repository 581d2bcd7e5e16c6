"""What runs a model: each function here gives an `Engine` (see `check.py`)."""
