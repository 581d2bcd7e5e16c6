"""Batches of images -> batches of changed images, by random numbers that depend on (seed, epoch, batch, row)
only."""
