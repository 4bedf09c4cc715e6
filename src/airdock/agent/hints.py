"""What was meant by a path that no file of the registry has."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from airdock.agent.paths import registry_path
from airdock.descriptor.names import nearest

ITSELF = "the folder that you gave is the project itself: give the one that it stands in"


def meant(path: str, files: Iterable[str], root: str) -> str:
    """The next move of an author who named a module or a flow that is not there; empty when none is known.

    Args:
        path: As the author named it, without a slash in front: `"shop/price.py"`.
        files: Every path of the registry.
        root: The name of the folder that is the registry; empty when it is none.
    """
    known = list(files)
    if path in known:
        return "it is there, and is wrong itself: mend it first"
    project, _, rest = path.partition("/")
    if project == root and rest in known:
        return ITSELF
    for file in known:
        folder, _, inside = file.partition("/")
        if inside and registry_path(inside) == path:
            return f"the folder {folder!r} has it: give that folder"
    suffix = PurePosixPath(path).suffix
    near = nearest(path, (file for file in known if file.endswith(suffix)))
    return f"did you mean '/{near}'?" if near else ""
