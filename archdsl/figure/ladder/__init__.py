"""Encoder-decoders as the U that they are: the encoder goes down, the decoder goes up, skips lead across."""
