"""Post-training quantisation: weights per channel and activations as 8-bit integers, ranges from images."""
