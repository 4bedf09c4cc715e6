"""Whole projects as zip archives, in and out of the caller's workspace."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from litestar import Response, get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, RawBody

from airdock.api.files import Saved
from airdock.api.shapes import LARGEST
from airdock.identity.permissions import Permission
from airdock.repository import InWorkspace, read_zip
from airdock.server.management.activation import activate_saved
from airdock.server.management.operations import ZIP, Access, RawContent, operation
from airdock.server.management.parameters import Call, ProjectName
from airdock.server.management.parts import Parts

OWN = Access(Permission.WORKSPACE, project="project")
TAG = "workspace"
ARCHIVE = RawContent(ZIP, 64 * 1024**2)

Base = Annotated[int | None, QueryParameter(ge=1, le=LARGEST, description="The release that the files were made from.")]


def archive_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Upload and download of a project."""

    @get(
        "/workspace/{project:str}/archive",
        **operation("downloadProject", TAG, "The project as a zip archive", OWN, answer=RawContent(ZIP)),
    )
    def download_project(request: Call, project: ProjectName) -> Response[bytes]:
        return zip_answer(parts.repository.export_zip(InWorkspace(request.user.name, project)), project)

    @put(
        "/workspace/{project:str}/archive",
        **operation(
            "uploadProject",
            TAG,
            "Replace all files of the project by those of a zip archive",
            OWN,
            description="The project is made when it is missing.",
            body=ARCHIVE,
        ),
    )
    def upload_project(request: Call, project: ProjectName, body: RawBody, base: Base = None) -> Saved:
        parts.repository.workspaces.replace(request.user.name, project, read_zip(body), base)
        return Saved(activation=activate_saved(parts, request.user, project))

    return [download_project, upload_project]


def zip_answer(content: bytes, project: str) -> Response[bytes]:
    """An archive as an answer."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(project, safe='')}.zip"}
    return Response(content, media_type=ZIP, headers=headers)
