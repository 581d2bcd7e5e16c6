"""What is wrong with a run, told in one sentence."""


class RunError(Exception):
    """A run cannot be begun, continued or opened; the message is one sentence for the user."""


def reason(error: OSError) -> str:
    """Return the system's words for what it refused."""
    return (error.strerror or str(error) or "unknown error").lower()
