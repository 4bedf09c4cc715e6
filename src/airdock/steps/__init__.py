"""The steps: one pattern per file, each declared once."""
