"""Changing the registry without a workspace: uploads, rollbacks, the end of a publication."""

from collections.abc import Sequence
from typing import Annotated

from litestar import delete, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, RawBody

from airdock.api.registry import Rollback
from airdock.api.workspace import Published
from airdock.identity.audit import Action
from airdock.identity.permissions import Permission
from airdock.repository import read_zip
from airdock.repository.bounds import MAX_MESSAGE, MAX_REVISION
from airdock.server.management.bodies import decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.parameters import Call, ProjectName
from airdock.server.management.parts import Parts
from airdock.server.management.routes.archive import ARCHIVE, Base

TAG = "registry"

Message = Annotated[str, QueryParameter(max_length=MAX_MESSAGE, description="What changed, for people.")]
Revision = Annotated[
    str, QueryParameter(max_length=MAX_REVISION, description="The revision in version control, if there is one.")
]


def publication_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """In the folder mode all of them are refused: there the folder is the registry."""
    registry = parts.repository.registry

    @post(
        "/registry/{project:str}/publish",
        **operation(
            "publishArchive",
            TAG,
            "Make a release of the files of a zip archive",
            Access(Permission.REGISTRY_PUBLISH, project="project"),
            description="Safe to repeat: without a change there is no new release.",
            body=ARCHIVE,
            problems=(409, 422),
        ),
    )
    def publish_archive(
        request: Call,
        project: ProjectName,
        body: RawBody,
        message: Message,
        base: Base = None,
        revision: Revision = "",
    ) -> Published:
        parts.refuse_folder()
        check = parts.check_release(project)
        published = registry.publish_files(
            project,
            read_zip(body),
            request.user.name,
            message,
            base=base,
            revision=revision,
            check=check,
        )
        return parts.noted(request, Action.REGISTRY_PUBLISH, check, published, message)

    @post(
        "/registry/{project:str}/rollback",
        **operation(
            "rollBack",
            TAG,
            "Publish an earlier release again, as a new one",
            Access(Permission.REGISTRY_ROLLBACK, project="project"),
            body=Rollback,
            problems=(409, 422),
        ),
    )
    def roll_back(request: Call, project: ProjectName, body: RawBody) -> Published:
        given = decode(request, body, Rollback)
        parts.refuse_folder()
        check = parts.check_release(project)
        published = registry.rollback(project, given.release, request.user.name, given.message, check=check)
        return parts.noted(request, Action.REGISTRY_ROLLBACK, check, published, given.message, source=given.release)

    @delete(
        "/registry/{project:str}",
        **operation(
            "unpublish",
            TAG,
            "End the publication of a project; its releases are kept",
            Access(Permission.REGISTRY_UNPUBLISH, project="project"),
            status=204,
            problems=(409, 422),
        ),
    )
    def unpublish(request: Call, project: ProjectName, message: Message = "") -> None:
        parts.refuse_folder()
        check = parts.check_release(project)
        published = registry.unpublish(project, request.user.name, message, check=check)
        parts.noted(request, Action.REGISTRY_UNPUBLISH, check, published, message)

    return [publish_archive, roll_back, unpublish]
