"""The registry: what is published, and what was."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from airdock.api.registry import Release, ReleaseFiles
from airdock.api.shapes import LARGEST, Difference, Page
from airdock.identity.permissions import Permission
from airdock.repository import InRegistry
from airdock.repository import Release as Stored
from airdock.server.management.access import shows
from airdock.server.management.convert import compared, file_infos, release_fields
from airdock.server.management.operations import ANY_FILE, ZIP, Access, RawContent, operation
from airdock.server.management.paging import Cursor, Limit, cut, page_of
from airdock.server.management.parameters import Call, FilePath, IfNoneMatch, ProjectName, file_path
from airdock.server.management.parts import Parts
from airdock.server.management.routes.archive import zip_answer
from airdock.server.management.routes.files import WITH_ETAG, file_answer
from airdock.server.management.routes.workspace import WithText

LIST = Access(Permission.REGISTRY_READ)
READ = Access(Permission.REGISTRY_READ, project="project")
TAG = "registry"

Number = Annotated[int, PathParameter(ge=1, le=LARGEST, description="The release's number.")]
OfRelease = Annotated[
    int | None, QueryParameter(ge=1, le=LARGEST, description="The release's number; the current one if left out.")
]
From = Annotated[int, QueryParameter(name="from", ge=1, le=LARGEST, description="The release on the first side.")]
To = Annotated[
    int | None,
    QueryParameter(ge=1, le=LARGEST, description="The release on the second side; the current one if left out."),
]
Before = Annotated[int | None, QueryParameter(ge=1, le=LARGEST, description="The `next` of the part before.")]


def registry_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Reading the registry. In the folder mode there are no releases."""
    repository = parts.repository

    @get("/registry", **operation("listRegistry", TAG, "The current release of every published project", LIST))
    def list_registry(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[Release]:
        found = (
            release
            for release in parts.current_releases().values()
            if shows(parts.authenticator, request.user, Permission.REGISTRY_READ, release.project)
        )
        page = page_of(found, lambda release: release.project, limit, cursor)
        return Page([Release(**release_fields(release)) for release in page.items], page.next)

    @get(
        "/registry/{project:str}",
        **operation("getCurrentRelease", TAG, "The current release of a project", READ),
    )
    def get_current(project: ProjectName) -> Release:
        return Release(**release_fields(current(project)))

    @get(
        "/registry/{project:str}/releases",
        **operation("listReleases", TAG, "The releases of a project, the newest first", READ),
    )
    def list_releases(project: ProjectName, limit: Limit = 50, cursor: Before = None) -> Page[Release]:
        page = cut(repository.registry.history(project, limit + 1, cursor), lambda each: str(each.number), limit)
        return Page([Release(**release_fields(release)) for release in page.items], page.next)

    @get(
        "/registry/{project:str}/releases/{number:int}",
        **operation("getRelease", TAG, "A release and its files", READ),
    )
    def get_release(project: ProjectName, number: Number) -> ReleaseFiles:
        release = repository.registry.release(project, number)
        files = [] if release.kind == "unpublish" else repository.files(InRegistry(project, number))
        return ReleaseFiles(**release_fields(release), files=file_infos(files))

    @get(
        "/registry/{project:str}/files/{path:path}",
        **operation(
            "readPublished",
            TAG,
            "A file of a release",
            READ,
            description=WITH_ETAG,
            answer=RawContent(ANY_FILE),
            etag=True,
        ),
    )
    def read_published(
        request: Call,
        project: ProjectName,
        path: FilePath,
        release: OfRelease = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response[bytes]:
        return file_answer(repository.read(InRegistry(project, release), file_path(request)), if_none_match)

    @get(
        "/registry/{project:str}/archive",
        **operation("downloadRelease", TAG, "A release as a zip archive", READ, answer=RawContent(ZIP)),
    )
    def download_release(project: ProjectName, release: OfRelease = None) -> Response[bytes]:
        return zip_answer(repository.export_zip(InRegistry(project, release)), project)

    @get(
        "/registry/{project:str}/difference",
        **operation("compareReleases", TAG, "What differs between two releases", READ),
    )
    def compare_releases(project: ProjectName, from_: From, to: To = None, text: WithText = False) -> Difference:
        return compared(repository, InRegistry(project, from_), InRegistry(project, to), text)

    def current(project: str) -> Stored:
        number = repository.registry.current(project)
        if number is None or parts.serves_folder:
            raise NotFoundException(f"The project {project!r} is not published.")
        return repository.registry.release(project, number)

    return [
        list_registry, get_current, list_releases, get_release, read_published, download_release, compare_releases
    ]  # fmt: skip
