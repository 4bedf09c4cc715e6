"""Formats of content: what `unmarshal` reads and `marshal` writes, each declared in a file of its own."""
