"""HTTP/2: many calls at once on one connection."""
