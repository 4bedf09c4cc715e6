"""Makes Visual Studio Code, and editors that read its settings, complete and check descriptors."""

from pathlib import Path
from typing import Any

from airdock.cli.editor.jsonc import merged
from airdock.cli.editor.schemas import schema_file, schema_files
from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import DESCRIPTORS

SCHEMAS = Path(".airdock", "schemas")
_YAML = (".yaml", ".yml")


def write_settings(folder: Path, catalogue: Catalogue) -> list[Path]:
    """Writes the schemas, and adds to the settings of a folder what is missing; gives the files that changed.

    Raises:
        DescriptorError: a file of settings is not well-formed; nothing was written then.
        OSError: a file cannot be read or written.
    """
    contents = {folder / SCHEMAS / name: text for name, text in schema_files(catalogue).items()}
    for name, additions in (("settings.json", settings()), ("extensions.json", recommendations())):
        file = folder / ".vscode" / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        contents[file] = merged(before, additions, file.as_posix())
    return [file for file, text in contents.items() if _write(file, text)]


def settings() -> dict[str, Any]:
    """Which files are what, and which schema each has."""
    suffixed = [kind for kind in DESCRIPTORS if kind not in ("project", "test")]
    return {
        "files.associations": {f"*.{kind}": "jsonc" for kind in suffixed},
        "json.schemas": [{"fileMatch": _patterns(kind), "url": _address(kind)} for kind in DESCRIPTORS],
        "yaml.schemas": {_address(kind): _yaml_patterns(kind) for kind in DESCRIPTORS},
    }


def recommendations() -> dict[str, Any]:
    """The extension that reads YAML by a schema; JSON needs none."""
    return {"recommendations": ["redhat.vscode-yaml"]}


def _address(kind: str) -> str:
    return f"./{(SCHEMAS / schema_file(kind)).as_posix()}"


def _patterns(kind: str) -> list[str]:
    if kind == "project":
        return ["/project.json", "/*/project.json"]
    return ["*.test.json"] if kind == "test" else [f"*.{kind}"]


def _yaml_patterns(kind: str) -> list[str]:
    if kind == "project":
        return [f"{folder}project{suffix}" for folder in ("/", "/*/") for suffix in _YAML]
    return [f"*.{kind}{suffix}" for suffix in _YAML]


def _write(file: Path, text: str) -> bool:
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return True
