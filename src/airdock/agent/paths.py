"""Where a file stands in the registry: the rules that folders and the repository share."""

from airdock.descriptor.reader import kind_of

TYPE_FOLDERS = frozenset(
    ("IntegrationServices", "ScriptingServices", "SecurityConstraints", "Connections", "TestCases")
)
SCRIPT_SUFFIXES = (".js", ".py", ".json")
DATA_SUFFIXES = (".avsc", ".proto", ".desc", ".html", ".xml", ".j2", ".wsdl", ".xsd", ".yaml", ".graphql", ".pem")
"""Of schemas, texts and certificates that steps and connections read."""


def registry_path(relative: str) -> str:
    """The registry path of a file: without its project's type folder and a descriptor's `.yaml` or `.json`."""
    project, *rest = relative.split("/")
    if len(rest) > 1 and rest[0] in TYPE_FOLDERS:
        rest = rest[1:]
    path = "/".join((project, *rest))
    if path.endswith(".test.json"):
        return path.removesuffix(".json")
    stem = path.removesuffix(".yaml").removesuffix(".yml")
    return stem if stem != path and kind_of(stem) not in (None, "project") else path


def project_of(path: str) -> str:
    """The project of a registry path; empty at the root."""
    project, slash, _ = path.partition("/")
    return project if slash else ""


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name, and what is in it, is no part of the registry."""
    return name.startswith(".") or name in ("__pycache__", "node_modules")


def is_served(name: str) -> bool:
    """Whether a file of this name is a descriptor, a script or what steps read."""
    return kind_of(f"p/{name}") is not None or is_script(name)


def is_script(path: str) -> bool:
    """Whether scripts may load the file, or steps read it."""
    return path.endswith(SCRIPT_SUFFIXES + DATA_SUFFIXES)
