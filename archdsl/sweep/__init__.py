"""A search over keys of a recipe: trials chosen by Optuna, each a run of its own, kept in one SQLite file to
go on from."""
