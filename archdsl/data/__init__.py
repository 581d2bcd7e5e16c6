"""Images to train on: loaded, verified and split before any deep-learning framework is imported."""
