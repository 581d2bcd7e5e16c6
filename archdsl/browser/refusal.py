"""What a page asks for and cannot have."""


class Refusal(Exception):
    """There is nothing to show; the message says why, in a sentence for the reader of the page."""
