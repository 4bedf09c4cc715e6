"""The caller's workspace: projects, and what becomes of them."""

from collections.abc import Sequence
from typing import Annotated

from litestar import delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter, RawBody

from airdock.api.files import Activation
from airdock.api.shapes import Difference, Page, ProblemInfo
from airdock.api.workspace import Checkout, Published, PublishRequest, WorkspaceProject
from airdock.identity.audit import Action
from airdock.identity.permissions import Permission
from airdock.repository import InWorkspace, RepositoryError
from airdock.server.management.access import require, shows
from airdock.server.management.activation import activate as activate_project
from airdock.server.management.bodies import decode
from airdock.server.management.convert import compared, problem_info
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, cut, page_of
from airdock.server.management.parameters import Call, ProjectName
from airdock.server.management.parts import Parts

LIST = Access(Permission.WORKSPACE)
OWN = Access(Permission.WORKSPACE, project="project")
TAG = "workspace"

WithText = Annotated[bool, QueryParameter(description="With unified diffs of files that are text.")]


def workspace_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Everything but the files."""
    workspaces = parts.repository.workspaces

    @get("/workspace", **operation("listWorkspace", TAG, "The projects of the caller's workspace", LIST))
    def list_workspace(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[WorkspaceProject]:
        return page_of(projects(request), lambda project: project.name, limit, cursor)

    @put(
        "/workspace/{project:str}",
        **operation(
            "checkOut",
            TAG,
            "Make an empty project, or copy a release into the workspace",
            OWN,
            description="Refused with 409 where what was never published would be lost, unless `overwrite` says so.",
            body=Checkout,
            problems=(409,),
        ),
    )
    def check_out(request: Call, project: ProjectName, body: RawBody) -> WorkspaceProject:
        given = decode(request, body, Checkout)
        user = request.user.name
        if given.release is None:
            workspaces.create(user, project)
        else:
            require(parts.authenticator, request.user, Permission.REGISTRY_READ, project)
            if not given.overwrite:
                refuse_loss(user, project)
            workspaces.checkout(user, project, given.release if isinstance(given.release, int) else None)
        return next(each for each in projects(request) if each.name == project)

    @delete(
        "/workspace/{project:str}",
        **operation("dropProject", TAG, "Remove a project from the workspace", OWN, status=204),
    )
    def drop_project(request: Call, project: ProjectName) -> None:
        workspaces.drop(request.user.name, project)

    @get(
        "/workspace/{project:str}/problems",
        **operation("listProblems", TAG, "What is wrong in the project, and what may be", OWN),
    )
    def list_problems(
        request: Call, project: ProjectName, limit: Limit = 50, cursor: Cursor = None
    ) -> Page[ProblemInfo]:
        user = request.user.name
        check = parts.check_draft(user, project)
        problems = check(parts.repository.contents(InWorkspace(user, project)))
        numbered = [(f"{number:06d}", problem_info(each)) for number, each in enumerate([*problems, *check.warnings])]
        page = cut([each for each in numbered if cursor is None or each[0] > cursor], lambda each: each[0], limit)
        return Page([problem for _, problem in page.items], page.next)

    @get(
        "/workspace/{project:str}/difference",
        **operation("compareWorkspace", TAG, "What publishing the project would change", OWN),
    )
    def compare_workspace(request: Call, project: ProjectName, text: WithText = False) -> Difference:
        require(parts.authenticator, request.user, Permission.REGISTRY_READ, project)
        draft = InWorkspace(request.user.name, project)
        return compared(parts.repository, parts.published(project), draft, text)

    @post(
        "/workspace/{project:str}/activate",
        **operation(
            "activate",
            TAG,
            "Check the project and run it in the caller's sandbox",
            Access(Permission.SANDBOX, project="project"),
            description="Where it has problems they are the answer, and what ran before goes on.",
            problems=(409,),
        ),
    )
    def activate(request: Call, project: ProjectName) -> Activation:
        return activate_project(parts, request.user.name, project)

    @post(
        "/workspace/{project:str}/publish",
        **operation(
            "publish",
            TAG,
            "Make a release of the project",
            Access(Permission.REGISTRY_PUBLISH, project="project"),
            description="All of it or nothing. Refused with 409 `repository.stale` and the difference where somebody"
            " published since the base, and with 422 `repository.invalid` where it has problems.",
            body=PublishRequest,
            problems=(409, 422),
        ),
    )
    def publish(request: Call, project: ProjectName, body: RawBody) -> Published:
        given = decode(request, body, PublishRequest)
        parts.refuse_folder()
        check = parts.check_release(project)
        published = parts.repository.registry.publish(
            project,
            request.user.name,
            given.message,
            base=given.base,
            revision=given.revision,
            check=check,
        )
        return parts.noted(request, Action.REGISTRY_PUBLISH, check, published, given.message)

    def projects(request: Call) -> list[WorkspaceProject]:
        user = request.user.name
        releases = parts.current_releases()
        activated = set(parts.repository.sandboxes.projects(user))
        return [
            WorkspaceProject(
                name=draft.project,
                base=draft.base,
                release=releases[draft.project].number if draft.project in releases else None,
                changed=draft.changed,
                in_sandbox=draft.project in activated,
            )
            for draft in workspaces.drafts(user)
            if shows(parts.authenticator, request.user, Permission.WORKSPACE, draft.project)
        ]

    def refuse_loss(user: str, project: str) -> None:
        for draft in workspaces.drafts(user):
            if draft.project == project and draft.changed and workspaces.files(user, project):
                message = f"the project {project!r} in the workspace was changed since its base, which would be lost"
                raise RepositoryError("repository.conflict", message)

    return [
        list_workspace, check_out, drop_project, list_problems, compare_workspace, activate, publish
    ]  # fmt: skip
