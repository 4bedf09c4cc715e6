"""A script's exceptions, in the author's terms: the module and the line."""

import traceback

from airdock.errors import DescriptorError, FlowError, described
from airdock.scripts.library import refused
from airdock.scripts.python.modules import author_file


def place_of(error: BaseException) -> tuple[str, int]:
    """The deepest line of a script module in the traceback: its file and number; `("", 0)` when there is none."""
    place = ("", 0)
    for frame, line in traceback.walk_tb(error.__traceback__):
        if author_file(frame.f_globals.get("__name__")):
            place = (frame.f_code.co_filename, line)
    return place


def failed(error: BaseException) -> FlowError:
    """The error of a step whose script raised."""
    file, line = place_of(error)
    where = f" ({file.rpartition('/')[2]}, line {line})" if line else ""
    return FlowError("script.error", f"{described(error)}{where}", details={"module": file, "line": line})


def unloadable(error: BaseException, file: str) -> DescriptorError:
    """The error of a module that does not compile or whose top level raised."""
    if isinstance(error, SyntaxError) and error.filename:
        return refused("descriptor.script", error.msg, error.filename, error.lineno or 0, error.offset or 0)
    at, line = place_of(error)
    hint = ""
    if isinstance(error, ImportError) and (error.name or "").startswith("airdock_scripts_"):
        hint = "a module is imported by `from . import name`; a sub-folder needs an `__init__.py`"
    return refused("descriptor.script", described(error), at or file, line, hint=hint)
