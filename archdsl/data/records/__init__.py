"""TFRecord files: their frames, their examples, folders of them with a manifest."""
