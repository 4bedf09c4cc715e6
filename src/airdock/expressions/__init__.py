"""Expressions: JSONata in descriptor fields and in the `${}` of texts. Compiled once, when the descriptor is."""
