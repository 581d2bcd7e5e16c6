"""Whether a table describes a network: judged over the whole table, by what its cells hold."""
