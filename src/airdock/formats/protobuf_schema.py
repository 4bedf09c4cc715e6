"""Schemas of Protocol Buffers: `.proto` files and descriptor sets."""

import re
import subprocess
import sys
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from airdock.errors import DescriptorError, Place
from airdock.formats.extras import library
from airdock.formats.format import ReadFile

_IMPORT = re.compile(r'(?:^|(?<=;))\s*import\s+(?:public\s+|weak\s+)?"([^"\n]+)"\s*;', re.MULTILINE)
_PLACE = re.compile(r"\S+\.proto:")
_WELL_KNOWN = "google/protobuf/"
_IN_PLACE = "schema.proto"
_MOST_FILES = 200
_SECONDS = 30.0


class NoSchemaError(Exception):
    """A schema cannot be used; the message says why, `hint` what was meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def message_class(options: Any, file: ReadFile) -> Any:
    """The class of the message that options name, made of their schema.

    Raises:
        NoSchemaError: the schema cannot be used, or has no such message. DescriptorError: a file is not there.
    """
    library("google.protobuf", "protobuf", options.place)
    if not options.schema_file.endswith(".desc"):
        library("grpc_tools", "protobuf", options.place)
    if options.schema_file:
        return _message(described(options.schema_file, file, options.place_of("schemaFile")), options.message)
    return _message(_compiled(_IN_PLACE, ((_IN_PLACE, options.schema.encode()),)), options.message)


def described(path: str, file: ReadFile, place: Place) -> bytes:
    """The descriptor set that a file of the registry stands for, a `.proto` file or a set itself.

    Raises:
        NoSchemaError: it does not compile. DescriptorError: a file is not there.
    """
    return file(path, place) if path.endswith(".desc") else _compiled(*_sources(path, file, place))


def pool_of(content: bytes) -> tuple[Any, list[Any]]:
    """What a descriptor set describes: a pool, and the files without those that come with Protocol Buffers.

    Raises:
        NoSchemaError: it is none that can be used.
    """
    from google.protobuf import descriptor_pb2, descriptor_pool
    from google.protobuf.message import DecodeError

    pool = descriptor_pool.DescriptorPool()
    try:
        files = descriptor_pb2.FileDescriptorSet.FromString(content).file
        for each in files:
            pool.Add(each)
    except (DecodeError, TypeError, ValueError) as error:
        raise NoSchemaError(f"this is no descriptor set that can be used: {error}") from error
    return pool, [each for each in files if not each.name.startswith(_WELL_KNOWN)]


def _sources(path: str, file: ReadFile, place: Place) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """The name of the schema, and every file that it needs by the name under which it is imported."""
    first = PurePosixPath(path)
    sources: dict[str, bytes] = {first.name: file(path, place)}
    waiting = [first.name]
    while waiting:
        for name in _IMPORT.findall(sources[waiting.pop()].decode("utf-8", "replace")):
            if name in sources or name.startswith(_WELL_KNOWN) or ".." in name.split("/") or name.startswith("/"):
                continue
            sources[name] = _imported(name, first, place, file)
            waiting.append(name)
            if len(sources) > _MOST_FILES:
                raise NoSchemaError(f"the schema imports more than {_MOST_FILES} files")
    return first.name, tuple(sources.items())


def _imported(name: str, first: PurePosixPath, place: Place, file: ReadFile) -> bytes:
    """An imported file, beside the schema or from its project on."""
    try:
        return file(str(first.parent / name), place)
    except DescriptorError:
        return file(f"{first.parts[0]}/{name}", place)


@lru_cache(maxsize=64)
def _compiled(name: str, sources: tuple[tuple[str, bytes], ...]) -> bytes:
    """The descriptor set of a schema; the compiler has a process of its own, as it writes to that one's output."""
    with TemporaryDirectory() as folder:
        for path, content in sources:
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        made = Path(folder, "made.desc")
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", "--include_imports"]
        try:
            done = subprocess.run(  # noqa: S603 -- the program is our own interpreter
                [*command, f"--descriptor_set_out={made}", name],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise NoSchemaError(f"the schema was not compiled within {_SECONDS:g} s") from None
        if done.returncode:
            lines = done.stderr.replace(folder + "/", "").splitlines()
            told = next((line for line in lines if _PLACE.match(line)), lines[-1] if lines else "no reason was given")
            raise NoSchemaError(f"the schema does not compile: {told[:300]}")
        return made.read_bytes()


def _message(content: bytes, name: str) -> Any:
    from google.protobuf import message_factory

    pool, own = pool_of(content)
    try:
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    except KeyError:
        known = [f"{each.package}.{kind.name}".lstrip(".") for each in own for kind in each.message_type]
        near = get_close_matches(name, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known[:10])}"
        raise NoSchemaError(f"the schema has no message {name!r}", hint) from None
