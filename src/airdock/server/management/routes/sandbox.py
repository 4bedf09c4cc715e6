"""The caller's sandbox: what they activated."""

from collections.abc import Sequence

from litestar import delete, get
from litestar.handlers import HTTPRouteHandler

from airdock.api.shapes import Page
from airdock.api.workspace import SandboxProject
from airdock.identity.permissions import Permission
from airdock.server.management.access import shows
from airdock.server.management.activation import addresses
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call, ProjectName
from airdock.server.management.parts import Parts

LIST = Access(Permission.SANDBOX)
OWN = Access(Permission.SANDBOX, project="project")


def sandbox_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """What runs for the caller alone."""

    @get("/sandbox", **operation("listSandbox", "sandbox", "The projects that run in the caller's sandbox", LIST))
    def list_sandbox(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[SandboxProject]:
        user = request.user.name
        names = (
            name
            for name in parts.repository.sandboxes.projects(user)
            if shows(parts.authenticator, request.user, Permission.SANDBOX, name)
        )
        page = page_of(names, str, limit, cursor)
        found = [SandboxProject(name=name, addresses=addresses(parts, user, name)) for name in page.items]
        return Page(found, page.next)

    @delete(
        "/sandbox/{project:str}",
        **operation("deactivate", "sandbox", "Take a project out of the sandbox", OWN, status=204),
    )
    def deactivate(request: Call, project: ProjectName) -> None:
        parts.repository.sandboxes.deactivate(project, request.user.name)

    return [list_sandbox, deactivate]
