"""Projects: where each stands, and who may see it."""

from collections.abc import Mapping, Sequence

from litestar import get, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from airdock.agent.paths import project_of
from airdock.api.projects import Member, Members, Project
from airdock.api.shapes import Page
from airdock.identity import Principal
from airdock.identity.permissions import Permission
from airdock.repository import Draft, Release
from airdock.server.management.access import shows
from airdock.server.management.bodies import InvalidBodyError, decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parameters import Call, ProjectName
from airdock.server.management.parts import Parts
from airdock.server.management.signin import remote_of

READ = Access(Permission.REGISTRY_READ)
MANAGE = Access(Permission.MEMBERS, project="project")


def project_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """All projects at a glance, and the members of each."""
    members = parts.identity.members

    @get("/projects", **operation("listProjects", "projects", "Every project that the caller may see", READ))
    def list_projects(request: Call, limit: Limit = 50, cursor: Cursor = None) -> Page[Project]:
        return page_of(_projects(parts, request.user), lambda project: project.name, limit, cursor)

    @get(
        "/projects/{project:str}/members",
        **operation("getMembers", "projects", "Who may see a project; nobody in it: everybody", MANAGE),
    )
    def get_members(project: ProjectName) -> Members:
        return _members(members.get(project))

    @put(
        "/projects/{project:str}/members",
        **operation("setMembers", "projects", "Say who may see a project", MANAGE, body=Members),
    )
    def set_members(request: Call, project: ProjectName, body: RawBody) -> Members:
        given = decode(request, body, Members)
        wanted = {member.user: member.roles for member in given.members}
        if len(wanted) < len(given.members):
            raise InvalidBodyError.of("members", "A name stands twice.")
        return _members(members.put(project, wanted, by=request.user.name, remote=remote_of(request)))

    return [list_projects, get_members, set_members]


def _projects(parts: Parts, user: Principal) -> list[Project]:
    releases = {} if parts.serves_folder else parts.repository.registry.current_releases()
    drafts = {draft.project: draft for draft in parts.repository.workspaces.drafts(user.name)}
    sandbox = set(parts.repository.sandboxes.projects(user.name))
    restricted = {project for project, members in parts.identity.members.all().items() if members}
    served = {project_of(artefact.path) for artefact in parts.agent.artefacts} - {""} if parts.serves_folder else set()
    return [
        _project(name, releases.get(name), drafts.get(name), name in sandbox, name in restricted)
        for name in {*releases, *drafts, *sandbox, *served}
        if shows(parts.authenticator, user, Permission.REGISTRY_READ, name)
    ]


def _project(name: str, release: Release | None, draft: Draft | None, in_sandbox: bool, restricted: bool) -> Project:
    return Project(
        name=name,
        release=release.number if release else None,
        published_by=release.user if release else None,
        published_at=release.at if release else None,
        in_workspace=draft is not None,
        base=draft.base if draft else None,
        changed=draft is not None and draft.changed,
        in_sandbox=in_sandbox,
        restricted=restricted,
    )


def _members(found: Mapping[str, frozenset[str]]) -> Members:
    return Members(members=[Member(user=name, roles=sorted(roles)) for name, roles in sorted(found.items())])
