"""Branches of a message: how steps run on copies, one after another or side by side, and what becomes of them."""
