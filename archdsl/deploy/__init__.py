"""A trained network -> what is run elsewhere: folded, exported, checked by running it, quantised,
measured."""
