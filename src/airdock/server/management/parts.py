"""What the routes of the API work with."""

import threading
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from airdock.agent.agent import Agent
from airdock.agent.checking import ProjectCheck, sandbox_of
from airdock.agent.retrying import Retrier
from airdock.api.workspace import Published
from airdock.identity import Action
from airdock.repository import InRegistry, Release, RepositoryError
from airdock.repository import Published as Made
from airdock.runlog import RunStore
from airdock.server.management.convert import difference_info, problem_info
from airdock.server.management.parameters import Call
from airdock.server.management.retries import Retries, released
from airdock.server.management.signin import remote_of
from airdock.server.serving import Serving
from airdock.server.settings import Settings

if TYPE_CHECKING:
    from airdock.identity.oidc import OpenIdConnect


class Parts:
    """The installation as the routes have it.

    Making it opens nothing: where the database could not be opened when the server started, each call tries it until
    it can, so that the port answers what it can meanwhile.
    """

    def __init__(self, serving: Serving, store: RunStore) -> None:
        installation = serving.installation
        self.settings: Settings = serving.settings
        self.agent: Agent = serving.agent
        self.store = store
        self.database = installation.database
        self.identity = installation.identity
        self.authenticator = installation.authenticator
        self.repository = installation.repository
        self.secrets = installation.secrets
        self.letters = installation.letters
        read_release = None if self.serves_folder else partial(released, self.repository)
        self.retries = Retries(Retrier(self.agent, read_release), store, serving.runlog)
        self._lock = threading.Lock()
        self._is_open = False

    @cached_property
    def oidc(self) -> "OpenIdConnect | None":
        """The OpenID Connect provider that people sign in at; None where there is none.

        Raises:
            IdentityError: `identity.oidcConfiguration`, the settings cannot be right.
        """
        settings = self.settings
        if not settings.oidc_issuer:
            return None
        # Its client of HTTP is for installations that have such a provider.
        from airdock.identity.oidc import OidcSettings, OpenIdConnect

        return OpenIdConnect(
            self.identity,
            OidcSettings(
                issuer=settings.oidc_issuer,
                client_id=settings.oidc_client_id,
                client_secret=settings.oidc_client_secret,
                roles_claim=settings.oidc_roles_claim,
            ),
        )

    @property
    def serves_folder(self) -> bool:
        """Whether a folder is the registry: then nothing is published here, and there are no sandboxes."""
        return self.settings.folder is not None

    @property
    def has_oidc(self) -> bool:
        """Whether people can sign in at an OpenID Connect provider."""
        return bool(self.settings.oidc_issuer)

    def open(self) -> None:
        """Opens the database, once it can be.

        Raises:
            DatabaseError: it cannot be used now.
        """
        with self._lock:
            if not self._is_open:
                self.database.open()
                self._is_open = True

    def check_release(self, project: str) -> ProjectCheck:
        """Tells the problems that a project would have in the registry."""
        return ProjectCheck(project, lambda: (self.agent.registry, None))

    def check_draft(self, user: str, project: str) -> ProjectCheck:
        """Tells the problems that a project would have in a user's sandbox."""
        return ProjectCheck(project, lambda: sandbox_of(user, self.agent.sandbox_spaces, self.agent.registry))

    def current_releases(self) -> dict[str, Release]:
        """The current release of every published project; none in the folder mode."""
        return {} if self.serves_folder else self.repository.registry.current_releases()

    def published(self, project: str) -> InRegistry | None:
        """The current release of a project; None when it is not published."""
        number = None if self.serves_folder else self.repository.registry.current(project)
        return None if number is None else InRegistry(project, number)

    def refuse_folder(self) -> None:
        """
        Raises:
            RepositoryError: `repository.readOnly`, a folder is served.
        """
        if self.serves_folder:
            message = f"the folder {self.settings.folder} is the registry: change its files, or serve the repository"
            raise RepositoryError("repository.readOnly", message)

    def note(self, request: Call, action: Action, target: str = "", **details: Any) -> None:
        """Adds to the audit log what the caller did."""
        self.identity.audit.note(None, request.user.name, action, target, details, remote_of(request))

    def noted(
        self, request: Call, action: Action, check: ProjectCheck, made: Made, message: str, **details: Any
    ) -> Published:
        """What a publication did, as the API tells it, after it was noted; one that changed nothing is not."""
        project = check.project
        if made.made:
            self.note(request, action, project, release=made.release, message=message, **details)
        return Published(
            project=project,
            release=made.release,
            made=made.made,
            difference=difference_info(made.difference),
            warnings=[problem_info(each) for each in check.warnings],
        )
