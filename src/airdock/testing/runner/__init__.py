"""Runs flow tests: the files `*.test.json` and `*.test.yaml` of a folder."""
