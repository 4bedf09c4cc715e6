"""Activating projects of a workspace: when the caller asks, and of itself after what they save."""

from urllib.parse import quote

from airdock.agent.paths import project_of, registry_path
from airdock.agent.unit import FLOW_ADDRESS
from airdock.api.files import Activation
from airdock.api.shapes import ProblemInfo
from airdock.descriptor.reader import kind_of
from airdock.errors import AirdockError
from airdock.identity import Permission, Principal
from airdock.repository import InSandbox, RepositoryError
from airdock.server.management.convert import problem_info
from airdock.server.management.parts import Parts

SANDBOX_ADDRESS = "/services/flow-sandbox"


def activate(parts: Parts, user: str, project: str) -> Activation:
    """Checks a project and copies it to the user's sandbox, or tells its problems.

    Raises:
        RepositoryError: `repository.readOnly` in the folder mode; `repository.notFound`.
    """
    parts.refuse_folder()
    check = parts.check_draft(user, project)
    try:
        parts.repository.sandboxes.activate(project, user, check=check)
    except RepositoryError as error:
        if error.code != "repository.invalid":
            raise
        problems = [problem_info(problem) for problem in error.problems]
        return Activation(project=project, activated=False, problems=problems)
    warnings = [problem_info(each) for each in check.warnings]
    return Activation(project=project, activated=True, addresses=addresses(parts, user, project), warnings=warnings)


def activate_saved(parts: Parts, caller: Principal, project: str) -> Activation | None:
    """The same after something was saved, for those who want that; None for the others.

    What was saved stays saved: whatever goes wrong is told in the result.
    """
    if parts.serves_folder:
        return None
    try:
        if not parts.identity.preferences.get(caller.name).auto_activate:
            return None
        if not parts.authenticator.may(caller, Permission.SANDBOX, project):
            return None
        return activate(parts, caller.name, project)
    except AirdockError as error:
        told = ProblemInfo(code=getattr(error, "code", "internal"), message=str(error))
        return Activation(project=project, activated=False, problems=[told])


def addresses(parts: Parts, user: str, project: str) -> list[str]:
    """Where the flows of a project in a sandbox answer, below the root path."""
    files = parts.repository.files(InSandbox(user, project))
    paths = {registry_path(f"{project}/{file.path}") for file in files}
    found = {f"{FLOW_ADDRESS}/{path}" for path in paths if kind_of(path) == "flow"}
    space = parts.agent.sandbox_spaces.get(user)
    for artefact in space.artefacts if space is not None else ():
        # Addresses of their own, which only who has read the descriptors knows.
        if project_of(artefact.path) == project and artefact.path in paths:
            found.update(artefact.addresses)
    return sorted(f"{SANDBOX_ADDRESS}/{quote(user)}{address.removeprefix(FLOW_ADDRESS)}" for address in found)
