"""The files of a project in the caller's workspace, one by one."""

from collections.abc import Sequence

from litestar import Response, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from airdock.api.files import FileInfo, FileMove, Saved, SavedFile
from airdock.api.shapes import Page
from airdock.identity.permissions import Permission
from airdock.repository import ABSENT, ConflictError, Expected, FileContent
from airdock.repository.bounds import MAX_FILE
from airdock.server.management.activation import activate_saved
from airdock.server.management.bodies import decode
from airdock.server.management.conditions import Condition, UnconditionalError, is_among, quoted
from airdock.server.management.convert import file_info
from airdock.server.management.operations import ANY_FILE, Access, RawContent, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call, FilePath, IfMatch, IfNoneMatch, ProjectName, file_path
from airdock.server.management.parts import Parts

OWN = Access(Permission.WORKSPACE, project="project")
TAG = "workspace"
FILE = RawContent(ANY_FILE, MAX_FILE)
ADDRESS = "/workspace/{project:str}/files/{path:path}"


def file_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Reading is by etag, and so is writing: what somebody else changed meanwhile is not overwritten unseen."""
    workspaces = parts.repository.workspaces

    @get("/workspace/{project:str}/files", **operation("listFiles", TAG, "The files of a project", OWN))
    def list_files(request: Call, project: ProjectName, limit: Limit = 50, cursor: Cursor = None) -> Page[FileInfo]:
        files = workspaces.files(request.user.name, project)
        page = page_of(files, lambda file: file.path, limit, cursor)
        return Page([file_info(file) for file in page.items], page.next)

    @get(
        ADDRESS,
        **operation("readFile", TAG, "A file", OWN, description=WITH_ETAG, answer=RawContent(ANY_FILE), etag=True),
    )
    def read_file(
        request: Call, project: ProjectName, path: FilePath, if_none_match: IfNoneMatch = None
    ) -> Response[bytes]:
        return file_answer(workspaces.read(request.user.name, project, file_path(request)), if_none_match)

    @put(
        ADDRESS,
        **operation(
            "writeFile",
            TAG,
            "Write a file",
            OWN,
            description="`If-None-Match: *` makes a file only if there is none; `If-Match` changes one only if it is"
            " still the one that was read. Without either only a new file is written: 428 otherwise.",
            body=FILE,
            problems=(412, 428),
            etag=True,
        ),
    )
    def write_file(
        request: Call,
        project: ProjectName,
        path: FilePath,
        body: RawBody,
        if_match: IfMatch = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response[SavedFile]:
        user, name = request.user.name, file_path(request)
        expected = to_write(user, project, name, Condition(if_match, if_none_match))
        file = workspaces.write(user, project, name, body, expected=expected)
        saved = SavedFile(
            activation=activate_saved(parts, request.user, project), path=file.path, size=file.size, etag=file.etag
        )
        return Response(saved, headers={"ETag": quoted(file.etag)})

    @delete(
        ADDRESS,
        **operation(
            "deleteFile",
            TAG,
            "Remove a file",
            OWN,
            description="With `If-Match` only if it is still the one that was read.",
            problems=(412,),
        ),
    )
    def delete_file(request: Call, project: ProjectName, path: FilePath, if_match: IfMatch = None) -> Saved:
        user, name = request.user.name, file_path(request)
        condition = Condition(if_match, None)
        expected = current(user, project, name, condition) if condition.etags else None
        workspaces.delete(user, project, name, expected=expected)
        return Saved(activation=activate_saved(parts, request.user, project))

    @post(
        "/workspace/{project:str}/move",
        **operation("moveFile", TAG, "Give a file or a folder another path", OWN, body=FileMove, problems=(409,)),
    )
    def move_file(request: Call, project: ProjectName, body: RawBody) -> SavedFile:
        given = decode(request, body, FileMove)
        user = request.user.name
        workspaces.move(user, project, given.from_, given.to)
        activation = activate_saved(parts, request.user, project)
        moved = [f for f in workspaces.files(user, project) if f.path == given.to or f.path.startswith(f"{given.to}/")]
        etag = moved[0].etag if moved and moved[0].path == given.to else ""
        return SavedFile(activation=activation, path=given.to, size=sum(file.size for file in moved), etag=etag)

    def to_write(user: str, project: str, path: str, condition: Condition) -> Expected:
        if condition.absent:
            return ABSENT
        if condition.is_given:
            return current(user, project, path, condition)
        if etag_of(user, project, path) is not None:
            raise UnconditionalError
        return ABSENT

    def current(user: str, project: str, path: str, condition: Condition) -> str:
        """The etag that is demanded; of several, or of any, the one that the file has."""
        if len(condition.etags) == 1:
            return condition.etags[0]
        etag = etag_of(user, project, path)
        if etag is None or not condition.holds(etag):
            raise ConflictError("the file is not what the condition demands: read it again", etag)
        return etag

    def etag_of(user: str, project: str, path: str) -> str | None:
        return next((file.etag for file in workspaces.files(user, project) if file.path == path), None)

    return [list_files, read_file, write_file, delete_file, move_file]


WITH_ETAG = "`ETag` names the content; with it as `If-None-Match` an unchanged file is answered 304, without content."


def file_answer(file: FileContent, if_none_match: str | None) -> Response[bytes]:
    """A file as an answer. It is never shown by a browser, as what is in it could act in the caller's name."""
    headers = {"ETag": quoted(file.etag), "Content-Disposition": "attachment"}
    if is_among(if_none_match, file.etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(file.content, media_type=ANY_FILE, headers=headers)
