"""What is known of a file that arrives, for flows and for the texts of its listener."""

from typing import Any

from airdock.connectors.file.paths import Found, entry
from airdock.exchange import Exchange, Run

_TYPES = {
    "csv": "text/csv",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": "text/html",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "log": "text/plain",
    "md": "text/markdown",
    "ndjson": "application/x-ndjson",
    "pdf": "application/pdf",
    "png": "image/png",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}
"""Content types by the end of the name, the same on every machine."""


def id_of(found: Found) -> str:
    """Names a version of a file: another size or another time is another one."""
    return f"{found.path}@{found.modified:.6f}:{found.size}"


def facts_of(found: Found, folder: str) -> dict[str, Any]:
    """What a flow sees of a file as `properties.message`, and texts of the listener as `file`.

    Args:
        folder: The one that is listened to; `folder` of the facts is within it.
    """
    told = entry(*found)
    stem, dot, _ = told["name"].rpartition(".")
    return {**told, "stem": stem if dot else told["name"], "folder": within(found.path, folder)}


def within(path: str, folder: str) -> str:
    """The folder of a file, within the one that is listened to; empty for that itself."""
    start = len(folder) + 1 if folder else 0
    return path[start:].rpartition("/")[0]


def seen_as(facts: dict[str, Any]) -> Exchange:
    """What texts and expressions of the listener read: `file`."""
    return Exchange(Run("", ""), own_document={"file": facts, "properties": {}})


def content_type_of(name: str, charset: str) -> str:
    """The content type by a file's name, with the charset where it is a text and one is given."""
    kind = _TYPES.get(name.rpartition(".")[2].lower(), "") or "application/octet-stream"
    return f"{kind}; charset={charset}" if charset and _is_text(kind) else kind


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind in ("application/json", "application/xml")
