"""What an assistant may ask of archdsl, as tools of the Model Context Protocol: check, count, draw,
explain."""
