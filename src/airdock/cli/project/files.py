"""The files of a project in a folder: read as a server would take them, and written."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from airdock.cli.terminal import fail, printable

Files = dict[str, bytes]
"""What each path of a project holds."""


def read_files(folder: Path) -> Files:
    """The files of a project. Hidden ones, `__pycache__` and `node_modules` are passed over.

    Ends the program with code 2 when there is no such folder, and with 1, naming each file, for what a server would
    not take.
    """
    from airdock.cli.folder import checked_folder
    from airdock.repository.bounds import check_project_files
    from airdock.repository.errors import RepositoryError
    from airdock.repository.manifest import manifest_of

    root = checked_folder(folder).resolve()
    files: Files = {}
    refused: list[str] = []
    for path, file in _walk(root):
        try:
            files[path] = _content(path, file, root)
        except (RepositoryError, OSError) as error:
            refused.append(str(error) if isinstance(error, RepositoryError) else f"{path}: {_reason(error)}")
    if not refused:
        try:
            check_project_files(manifest_of(files))
        except RepositoryError as error:
            refused.append(str(error))
    if refused:
        fail(f"{folder} cannot be sent as it is: {refused[0]}", hint="; ".join(refused[1:6]))
    return files


def etags_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """The name of each file's content, as a server gives it."""
    from airdock.repository.manifest import blob_id

    return {path: blob_id(content) for path, content in files.items()}


def write_files(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Writes files, each whole or not at all, and removes those of None and the folders that are empty then.

    Ends the program with code 1 for a file that cannot be written here.
    """
    from airdock.repository.errors import RepositoryError
    from airdock.repository.names import check_path

    root = folder.resolve()
    for path, content in files.items():
        try:
            # The names come from a server, and a link may stand where a folder of the project should.
            check_path(path)
            target = root / path
            if not target.parent.resolve().is_relative_to(root):
                raise OSError(0, "its folder is a link that leads out of the project")
            _remove(target, root) if content is None else _write(target, content)
        except (RepositoryError, OSError) as error:
            said = str(error) if isinstance(error, RepositoryError) else _reason(error)
            fail(f"{printable(path)} cannot be written: {said}")


def _walk(root: Path) -> Iterator[tuple[str, Path]]:
    from airdock.agent.paths import is_passed_over

    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not is_passed_over(name))
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted((*names, *links)):
            if not is_passed_over(name):
                file = Path(folder, name)
                yield file.relative_to(root).as_posix(), file


def _content(path: str, file: Path, root: Path) -> bytes:
    from airdock.repository.bounds import MAX_FILE, check_size
    from airdock.repository.names import check_path

    check_path(path)
    real = file.resolve()
    if not real.is_relative_to(root):
        raise OSError(0, "it is a link that leads out of the folder")
    status = real.stat()
    if not S_ISREG(status.st_mode):
        raise OSError(0, "it is no file")
    check_size(path, status.st_size)
    with real.open("rb") as stream:
        content = stream.read(MAX_FILE + 1)
    check_size(path, len(content))
    return content


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name[:100]}.{os.getpid()}.new")
    try:
        fresh.write_bytes(content)
        if target.exists():
            fresh.chmod(target.stat().st_mode & 0o777)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _remove(target: Path, root: Path) -> None:
    target.unlink(missing_ok=True)
    with suppress(OSError):  # a folder that holds more stays
        for folder in target.parents:
            if folder == root:
                return
            folder.rmdir()


def changed_paths(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The paths whose content is not the same on two sides, by their etags."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def listed(paths: Iterable[str], most: int = 10) -> str:
    """Some paths in a sentence."""
    shown = list(paths)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return printable(", ".join(shown[:most])) + more


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else error.strerror or str(error)
