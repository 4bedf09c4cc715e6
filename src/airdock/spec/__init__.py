"""Declarations: the fields of descriptors, steps and connectors, from which everything else is made.

One declaration gives the reader's validation, the JSON Schema, the reference page and the listing of `airdock steps`.
"""
