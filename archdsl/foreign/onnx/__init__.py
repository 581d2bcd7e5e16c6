"""ONNX files as data -> a graph of our ops with its weights; nothing of a file is ever run."""
