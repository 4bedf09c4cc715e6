"""Lets `nav` in mkdocs.yml name a folder: `steps/` stands for its pages, `index.md` first, the others by name."""

from pathlib import Path
from typing import Any


def on_config(config: Any) -> Any:
    """Called by mkdocs when it has read its settings."""
    config["nav"] = expand(config["nav"], Path(config["docs_dir"]))
    return config


def expand(entry: Any, docs: Path) -> Any:
    """The navigation with each folder replaced by its pages."""
    if isinstance(entry, dict):
        return {title: expand(value, docs) for title, value in entry.items()}
    if isinstance(entry, list):
        return [page for each in entry for page in _as_list(expand(each, docs))]
    return _pages(docs, entry) if entry.endswith("/") else entry


def _as_list(expanded: Any) -> list[Any]:
    return expanded if isinstance(expanded, list) else [expanded]


def _pages(docs: Path, folder: str) -> list[str]:
    pages = sorted((docs / folder).glob("*.md"), key=lambda page: (page.stem != "index", page.name))
    return [page.relative_to(docs).as_posix() for page in pages]
