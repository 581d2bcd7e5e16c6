"""What writes a Keras model, one module per format: `write(model, path, said)`."""
