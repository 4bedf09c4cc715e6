"""The settings of a server: each declared once, with what it is for, its unit and its default.

The reference page of settings is made from the declarations here.
"""

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from airdock.connectors.network import LOOPBACK, AllowedNetwork
from airdock.server.setting_values import SettingsError, value_of

PREFIX = "AIRDOCK_"
"""What an environment variable's name begins with."""

LogLevel = Literal["debug", "info", "warning", "error"]


def default_home() -> Path:
    """Where state is kept when nobody says otherwise: `.airdock` in the user's home folder."""
    return Path.home() / ".airdock"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a server can be told. Sizes are bytes and times are seconds; texts such as `"10MB"` are read too."""

    folder: Annotated[
        Path | None,
        Meta(
            description="The folder of projects that is served as the registry; the repository if left out.",
            examples=["./flows"],
        ),
    ] = None
    host: Annotated[str, Meta(description="Address that the flow port listens on; `0.0.0.0` for every network.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(description="The flow port; `0` lets the system choose one.", ge=0, le=65535)] = 8080
    admin_port: Annotated[
        int | None,
        Meta(description="The management port: `port` plus one if left out, `0` for none."),
    ] = None
    admin_host: Annotated[
        str | None,
        Meta(
            description="Address that the management port listens on: the loopback one if left out. Another one is"
            " refused until there is an administrator."
        ),
    ] = None
    workers: Annotated[int, Meta(description="Processes that serve the flow port.", ge=1, le=256)] = 1
    dev: Annotated[bool, Meta(description="Follow changes of the folder, and show errors in full to the caller.")] = (
        False
    )
    root_path: Annotated[str, Meta(description="A prefix in front of all addresses.", examples=["/dirigible"])] = ""
    max_body: Annotated[
        int, Meta(description="The largest body of a request; a larger one gets 413.", ge=0, extra={"unit": "bytes"})
    ] = 10 * 1024**2
    max_bodies: Annotated[
        int,
        Meta(
            description="Bytes of bodies that one worker holds for requests in flight; a request beyond gets 503.",
            ge=0,
            extra={"unit": "bytes"},
        ),
    ] = 128 * 1024**2
    max_in_flight: Annotated[
        int,
        Meta(
            description="Requests that one worker has in flight at most, three quarters of them of one flow; more get"
            " 503. `0` for no limit.",
            ge=0,
        ),
    ] = 1000
    max_streams: Annotated[
        int, Meta(description="Event streams and WebSockets that one worker has open; more get 503.", ge=0, le=100_000)
    ] = 1000
    http2: Annotated[
        bool,
        Meta(
            description="Whether the flow port takes HTTP/2 without TLS, too. Connections on which nothing comes are"
            " then never closed, so a proxy should stand in front.",
        ),
    ] = False
    grace: Annotated[
        float,
        Meta(
            description="How long runs in flight may go on when the server is stopped.",
            ge=0,
            le=3600,
            extra={"unit": "seconds"},
        ),
    ] = 10.0
    home: Annotated[
        Path, Meta(description="Where state is kept, such as the run log.", examples=["/var/lib/airdock"])
    ] = msgspec.field(default_factory=default_home)
    data_folders: Annotated[
        str,
        Meta(
            description="Folders whose files connections may reach, beside `data` in the home folder; with"
            f" `{os.pathsep}` between them.",
            examples=["/srv/data"],
        ),
    ] = ""
    database_url: Annotated[
        str,
        Meta(
            description="The PostgreSQL database that the nodes of a cluster share; SQLite in the home folder if left"
            " out.",
            examples=["postgresql://airdock@db.example.com/airdock"],
        ),
    ] = ""
    node: Annotated[
        str, Meta(description="This node's name among those that share a database; the host's if left out.")
    ] = ""
    public_url: Annotated[
        str,
        Meta(
            description="The management port's address as people's browsers have it, behind a proxy or for sign-in.",
            examples=["https://airdock.example.com"],
        ),
    ] = ""
    secret_key: Annotated[
        str,
        Meta(description="The key that secrets are encrypted with; a key file in the home folder if left out."),
    ] = ""
    secrets_folder: Annotated[
        Path | None,
        Meta(description="A folder whose files are secrets too, by their names.", examples=["/run/secrets"]),
    ] = None
    session_age: Annotated[
        float,
        Meta(description="How long a browser stays signed in without a request.", gt=0, extra={"unit": "seconds"}),
    ] = 12 * 3600.0
    oidc_issuer: Annotated[
        str,
        Meta(
            description="The OpenID Connect provider that people sign in with; none if left out.",
            examples=["https://login.example.com"],
        ),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="Airdock's client id at the provider.")] = ""
    oidc_client_secret: Annotated[str, Meta(description="Airdock's client secret at the provider.")] = ""
    oidc_roles_claim: Annotated[
        str, Meta(description="The claim of the id token that lists a person's roles.", examples=["groups"])
    ] = "roles"
    script_timeout: Annotated[
        float,
        Meta(description="The longest run of a JavaScript step without `timeout`.", gt=0, extra={"unit": "seconds"}),
    ] = 10.0
    script_memory: Annotated[
        int, Meta(description="The most memory of a JavaScript run.", ge=1024**2, extra={"unit": "bytes"})
    ] = 64 * 1024**2
    javascript_threads: Annotated[
        int, Meta(description="JavaScript modules that run at once in a process; more wait.", ge=1, le=1024)
    ] = 4
    python_threads: Annotated[
        int, Meta(description="Plain Python functions that run at once in a process; more wait.", ge=1, le=1024)
    ] = 40
    hub_url: Annotated[
        str,
        Meta(
            description="Servers of NATS that keep the messages of the hub, with commas between them; a server of its"
            " own in the home folder if left out.",
            examples=["nats://airdock@nats1.example.com:4222,nats://airdock@nats2.example.com:4222"],
        ),
    ] = ""
    hub_replicas: Annotated[int, Meta(description="Servers of `hub_url` that keep each message.", ge=1, le=5)] = 1
    hub_age: Annotated[
        float,
        Meta(
            description="How long a topic of the hub keeps a message; a queue keeps it until it is worked off.",
            gt=0,
            extra={"unit": "seconds"},
        ),
    ] = 7 * 86400.0
    hub_size: Annotated[
        int,
        Meta(
            description="The most that a topic or a queue of the hub keeps; of a topic the oldest messages leave first,"
            " a queue takes no more.",
            ge=1024**2,
            extra={"unit": "bytes"},
        ),
    ] = 256 * 1024**2
    run_log_age: Annotated[
        float, Meta(description="Runs older than this leave the run log.", gt=0, extra={"unit": "seconds"})
    ] = 7 * 86400.0
    run_log_size: Annotated[
        int,
        Meta(
            description="The run log's largest size; the oldest runs leave first.", ge=1024**2, extra={"unit": "bytes"}
        ),
    ] = 256 * 1024**2
    dead_letter_age: Annotated[
        float, Meta(description="Dead letters older than this are removed.", gt=0, extra={"unit": "seconds"})
    ] = 30 * 86400.0
    dead_letter_size: Annotated[
        int,
        Meta(
            description="What all dead letters may take; when there is no room, messages that fail are not accepted.",
            ge=1024**2,
            extra={"unit": "bytes"},
        ),
    ] = 1024**3
    private_networks: Annotated[
        str,
        Meta(
            description="Networks and addresses beside the public ones that HTTP calls of flows may go to, separated by"
            " commas; with `dev` the loopback ones, too.",
            examples=["10.1.0.0/16,192.168.7.20"],
        ),
    ] = ""
    connection_check: Annotated[
        float,
        Meta(
            description="A connection that nobody used for so long is asked for a sign of life, as often again; `0` for"
            " never.",
            ge=0,
            extra={"unit": "seconds"},
        ),
    ] = 60.0
    log_level: Annotated[LogLevel, Meta(description="The least level of the lines that go to standard error.")] = "info"
    connections: Annotated[
        Path | None,
        Meta(
            description="A YAML or JSON file with fields of connections, by the connection's path, that stand in place"
            " of those in the descriptors; read at the start.",
            examples=["/etc/airdock/connections.yaml"],
        ),
    ] = None
    commands: Annotated[
        Path | None,
        Meta(
            description="A YAML or JSON file with the programs that flows may run (the step `command`), by the names"
            " that flows call them; none if left out. Read at the start.",
            examples=["/etc/airdock/commands.yaml"],
        ),
    ] = None
    catalogue: Annotated[
        str,
        Meta(description="The function that lists the step types, `module:function`; another may list fewer."),
    ] = "airdock.plugins:catalogue"

    def __post_init__(self) -> None:
        if self.root_path and not _is_prefix(self.root_path):
            raise ValueError('`root_path` begins with a slash and does not end with one, such as "/dirigible"')
        if self.admin_port is not None and not 0 <= self.admin_port <= 65535:
            raise ValueError("`admin_port` is a port number from 0 to 65535")
        if self.admin_port and self.admin_port == self.port:
            raise ValueError("`admin_port` and `port` are the same")
        try:
            _ = self.network
        except ValueError as error:
            raise ValueError(f"`private_networks`: {error}") from None

    @property
    def network(self) -> AllowedNetwork:
        """Where HTTP calls of flows may go."""
        private = [each for each in self.private_networks.split(",") if each.strip()]
        return AllowedNetwork([*private, *LOOPBACK] if self.dev else private)

    @property
    def management_port(self) -> int:
        """The management port, 0 for none."""
        if self.admin_port is not None:
            return self.admin_port
        return self.port + 1 if 0 < self.port < 65535 else 0

    @property
    def management_host(self) -> str:
        """Where the management port listens: `admin_host`, else the loopback address of the family of `host`."""
        return self.admin_host or ("::1" if self.host == "::1" else "127.0.0.1")

    @property
    def node_name(self) -> str:
        """This node's name among those that share a database."""
        return self.node or platform.node()


def load_settings(given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from what was given, else from the environment (`AIRDOCK_PORT` and so on), else the defaults.

    A given value of None counts as not given.

    Raises:
        SettingsError: a value is not of the setting's type or outside its range, or no setting has this name.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name in Settings.__struct_fields__:
        if given.get(name) is not None:
            values[name] = _value(name, given[name], name)
        elif environment.get(variable_of(name), ""):
            values[name] = _value(name, environment[variable_of(name)], variable_of(name))
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        raise SettingsError(unknown[0], f"no setting is called {unknown[0]!r}")
    try:
        settings = Settings(**values)
    except ValueError as error:
        raise SettingsError("", str(error)) from None
    folder = None if settings.folder is None else settings.folder.absolute()
    return msgspec.structs.replace(settings, folder=folder, home=settings.home.expanduser().absolute())


def variable_of(name: str) -> str:
    """The environment variable of a setting: `AIRDOCK_MAX_BODY` for `max_body`."""
    return PREFIX + name.upper()


def meta_of(name: str) -> Meta:
    """What is declared of a setting: its description, range, unit."""
    found: Meta = get_args(_hints()[name])[1]
    return found


def _value(name: str, value: Any, label: str) -> Any:
    return value_of(name, value, _hints()[name], (meta_of(name).extra or {}).get("unit"), label)


def _hints() -> dict[str, Any]:
    return get_type_hints(Settings, include_extras=True)


def _is_prefix(text: str) -> bool:
    return text.startswith("/") and not text.endswith("/") and "//" not in text and not set(text) & set("?#{}% \t\n")
