"""The network as a flat graph of primitive ops."""
