"""archdsl behind a page: messages in, answers out, in the reader's browser or by a local server."""
