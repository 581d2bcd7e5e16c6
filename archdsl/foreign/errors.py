"""What reading a model or weights can end in; each message is for the user."""


class ForeignError(Exception):
    """A file cannot be read, or says what the language cannot say."""


class Unsaid(ForeignError):
    """A layer that the language has no words for; the message begins with its name."""

    def __init__(self, layer: str, why: str) -> None:
        super().__init__(f"{layer}: {why}")
        self.layer = layer
