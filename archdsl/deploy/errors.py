"""What deploying can end in; each message is for the user."""


class DeployError(Exception):
    """The file cannot be written as asked, or would not compute what the network does."""


class Missing(DeployError):
    """A package is not installed; the message has the pip line."""
