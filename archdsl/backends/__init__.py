"""Graph -> something that runs: a Keras model, or Keras source."""
