"""The routes of the management API, a file for each resource."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from airdock.server.management.parts import Parts
from airdock.server.management.routes.agent import agent_routes
from airdock.server.management.routes.archive import archive_routes
from airdock.server.management.routes.audit import audit_routes
from airdock.server.management.routes.connections import connection_routes
from airdock.server.management.routes.files import file_routes
from airdock.server.management.routes.flows import flow_routes
from airdock.server.management.routes.index import description_routes
from airdock.server.management.routes.jobs import job_routes
from airdock.server.management.routes.letters import letter_routes
from airdock.server.management.routes.listeners import listener_routes
from airdock.server.management.routes.messages import message_routes
from airdock.server.management.routes.oidc import oidc_routes
from airdock.server.management.routes.preferences import preference_routes
from airdock.server.management.routes.projects import project_routes
from airdock.server.management.routes.publication import publication_routes
from airdock.server.management.routes.registry import registry_routes
from airdock.server.management.routes.runs import run_routes
from airdock.server.management.routes.sandbox import sandbox_routes
from airdock.server.management.routes.secrets import secret_routes
from airdock.server.management.routes.session import session_routes
from airdock.server.management.routes.settings import settings_routes
from airdock.server.management.routes.tokens import token_routes
from airdock.server.management.routes.users import user_routes
from airdock.server.management.routes.workspace import workspace_routes

RESOURCES = (
    session_routes, oidc_routes, user_routes, token_routes, preference_routes, project_routes, workspace_routes,
    file_routes, archive_routes, sandbox_routes, registry_routes, publication_routes, flow_routes, agent_routes,
    connection_routes, job_routes, listener_routes, letter_routes, message_routes, run_routes, settings_routes,
    audit_routes,
    secret_routes,
)  # fmt: skip


def api_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """Every route of the API."""
    return [*(route for routes in RESOURCES for route in routes(parts)), *description_routes()]
