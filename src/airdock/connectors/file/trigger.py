"""The trigger `file`: a folder in which others put files."""

from collections.abc import Callable
from typing import Any

from airdock.connectors.file.connection import FileConnection
from airdock.connectors.file.drop.arrival import Reading
from airdock.connectors.file.drop.destination import Destination
from airdock.connectors.file.drop.facts import facts_of, seen_as
from airdock.connectors.file.drop.finishing import Way
from airdock.connectors.file.drop.memory import Outcome
from airdock.connectors.file.drop.selection import Selection
from airdock.connectors.file.drop.source import FileSource, Wanted
from airdock.connectors.file.paths import Found, inner
from airdock.errors import FlowError
from airdock.expressions import Expression, Template, compile_template
from airdock.spec.channels import Heard
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Boolean, Choice, Duration, Integer, ListOf, Module, Size, Text
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.trigger import Listening, Source, Trigger

_GLOB = Text(r"[^\x00-\x1f\x7f]{1,500}", "a glob, such as `*.csv`")


class FileTrigger(Trigger):
    """Files that others put into a folder of a `file` connection.

    Each file is a run. Its body is parsed by the content type that its name tells, or `contentType`: JSON, text, XML as
    text, else bytes; a file that does not fit goes to the dead letters at once. `properties.message` has `path` (within
    the connection), `name`, `stem` (the name without its ending), `folder` (within the one that is listened to),
    `size` and `modified`; headers are `fileName`, `path`, `size` and `modified`.

    A file is moved, or deleted, when its run has succeeded, and moved to `moveFailed` when it lies in the dead letters.
    A file that changed meanwhile stays, and comes again; no file takes the place of another. With `noop` files stay,
    and it is remembered by path, size and time of change which were worked off. A file that cannot be moved is not
    worked off again: its move is tried again, and the listener's state says why.

    Nodes and listeners that share a database do not take the same file at the same time. What was in work when a
    process was killed comes again after a minute, so it may come twice.

    Texts and expressions of these fields see the file as `file`, with the names above: `${file.stem}.done`. Files and
    folders whose names begin with a dot are passed over, and so are links. Folders of this machine are watched, and a
    file is seen at once; all are looked at every `delay`.
    """

    trigger = "file"
    prefetch = 10
    example = {"connection": "/shop/drop.connection", "path": "in", "include": ["*.csv"], "move": "done"}

    connection: str = field(
        Module((".connection",)), "A `file` connection.", default=REQUIRED, example="/shop/drop.connection"
    )
    folder: str = field(
        Text(), "The folder, within the connection's; that itself if left out.", name="path", default="", example="in"
    )
    include: list[str] = field(
        ListOf(_GLOB, 1),
        "Globs of the names of files that are taken; one with a slash is of paths within the folder.",
        default=["*"],
        example=["*.csv"],
    )
    exclude: list[str] = field(ListOf(_GLOB), "Globs of files that are not.", default=[], example=["*.tmp"])
    recursive: bool = field(Boolean(), "Takes files of the folders inside, too.", default=False)
    read_lock: str = field(
        Choice(("changed", "doneFile", "rename")),
        "How it is known that a file is whole. `changed`: its size and time have not changed for `settle`. `doneFile`:"
        " another file says so. `rename`: those who write files give them their names, or put them here, when they are"
        " whole.",
        default="changed",
    )
    settle: float = field(
        Duration(), "So long a file has not changed, for `changed`.", default=1.0, unit="s", example="5s"
    )
    done_file: Template | None = field(
        TEXT_TEMPLATE,
        "Name of the file beside it that says that a file is whole, for `doneFile`; it is deleted with that one.",
        example="${file.name}.done",
    )
    min_age: float = field(Duration(), "Files are so old, at least, when they are taken.", default=0.0, unit="s")
    delay: float = field(Duration(), "Between two looks at the folder.", default=1.0, unit="s", example="30s")
    sort_by: str = field(
        Choice(("name", "modified")), "In which order the files of one look are taken.", default="name"
    )
    most: int = field(
        Integer(0, 100_000), "So many files are taken at one look, the others `delay` later; 0 for all.", default=0
    )
    move: Template | None = field(
        TEXT_TEMPLATE,
        "The folder for files that were worked off, within the one that is listened to, or, with a slash at its"
        " beginning, within the connection's; `.done` if neither this nor `delete` or `noop` is given.",
        example="/archive/${$substring(file.modified, 0, 7)}",
    )
    move_failed: Template | None = field(
        TEXT_TEMPLATE,
        "The folder for files that went to the dead letters; `.failed` if left out, but with `noop`.",
        example="failed",
    )
    delete: bool = field(Boolean(), "Files are deleted when they were worked off.", default=False)
    noop: bool = field(Boolean(), "Files stay where they are.", default=False)
    content_type: str = field(
        Text(r"[!-~]+/[!-~]+( [!-~]+)*", "a type such as text/csv"),
        "Content type of all files, whatever their names.",
        default="",
        example="text/csv",
    )
    encoding: str = field(
        Text(r"[A-Za-z0-9._:-]{1,40}", "a charset such as utf-8"),
        "Charset of text files; UTF-8 unless they have a mark.",
        default="",
        example="windows-1252",
    )
    streaming: bool = field(
        Boolean(), "The body is the file piece by piece, for `unmarshal` with `streaming`.", default=False
    )
    max_size: int = field(
        Size(),
        "Without `streaming` a larger file goes to the dead letters, without its content.",
        default=16 * 1024**2,
        unit="bytes",
        example="1MB",
    )
    key: Expression | None = field(
        ExpressionKind(), "What files are kept in order by.", example="$substringBefore(file.name, '-')"
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if (element.done_file is not None) != (element.read_lock == "doneFile"):
            broken.append(("doneFile", '`doneFile` belongs to `"readLock": "doneFile"`'))
        if (element.move is not None) + element.delete + element.noop > 1:
            broken.append(("move", "give one of `move`, `delete` and `noop`"))
        if element.content_type and element.encoding:
            broken.append(("encoding", "write the charset into `contentType`: `text/csv; charset=windows-1252`"))
        return broken or _wrong_folder(element) or _wrong_targets(element)

    @property
    def ways(self) -> dict[Outcome, Way]:
        """What becomes of files."""
        moves = self._destination(self.move) or (None if self.delete or self.noop else self._in(".done"))
        fails = self._destination(self.move_failed) or (None if self.noop else self._in(".failed"))
        return {"done": Way(moves, self.delete), "failed": Way(fails)}

    def heard(self) -> list[Heard]:
        return [Heard(self.folder)]

    def source(self, listening: Listening) -> Source:
        link = listening.connection(self.connection, (FileConnection,), self.place_of("connection"))
        ways, folder = self.ways, inner(self.folder)
        selection = Selection(
            folder,
            recursive=self.recursive,
            include=self.include,
            exclude=self.exclude,
            without=[way.to.fixed for way in ways.values() if way.to is not None],
        )
        reading = Reading(folder, self.max_size, self.streaming, self.content_type, self.encoding, self.key)
        wanted = Wanted(
            selection,
            reading,
            ways,
            self._marker(folder),
            settle=self.settle if self.read_lock == "changed" else 0.0,
            min_age=self.min_age,
            delay=self.delay,
            by_time=self.sort_by == "modified",
            most=self.most,
        )
        return FileSource(link, wanted, listening)

    def _marker(self, folder: str) -> Callable[[Found], str] | None:
        written = self.done_file
        return None if written is None else lambda found: written.text(seen_as(facts_of(found, folder)))

    def _destination(self, written: Template | None) -> Destination | None:
        return None if written is None else Destination(written, inner(self.folder))

    def _in(self, folder: str) -> Destination:
        return Destination(compile_template(folder), inner(self.folder))


def _wrong_folder(element: FileTrigger) -> list[tuple[str, str]]:
    try:
        inner(element.folder)
    except FlowError as error:
        return [("path", error.message)]
    return []


def _wrong_targets(element: FileTrigger) -> list[tuple[str, str]]:
    """Folders in which files would be taken again."""
    folder, broken = inner(element.folder), []
    for name, written in (("move", element.move), ("moveFailed", element.move_failed)):
        if written is None:
            continue
        try:
            fixed = Destination(written, folder).fixed
        except FlowError as error:
            broken.append((name, error.message))
            continue
        above = fixed == "" or f"{folder}/".startswith(f"{fixed}/")
        if fixed == folder or (above and (element.recursive or not written.constant)):
            message = "files would be taken again there: begin it with the name of another folder, as in `done/…`"
            broken.append((name, message))
    return broken
