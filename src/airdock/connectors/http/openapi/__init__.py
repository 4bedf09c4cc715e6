"""Calls by an OpenAPI document: operations by their names, arguments that are checked."""
