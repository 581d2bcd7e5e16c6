"""Training and evaluation of a compiled network, with a run folder as the record of what was done."""
