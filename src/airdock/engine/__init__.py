"""The engine: runs compiled steps, keeps their trail, and hands errors to the nearest handler."""
