"""What the server's own requests are called, besides those of the protocol."""

# {uri, network?, level?, theme?} -> the figure: {svg, network, networks, why}
PREVIEW = "archdsl/preview"
# {word}: a word, or a problem's code -> its page, or null
EXPLAIN = "archdsl/explain"
