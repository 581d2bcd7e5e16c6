"""Why a row misses its size: loaded with the first fault."""
