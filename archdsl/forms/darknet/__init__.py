"""What Darknet prints and reads: its log of a network's layers (`log.py`), and its `.cfg` files
(`cfg.py`)."""
