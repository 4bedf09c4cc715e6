"""`airdock run`: serves the repository, or a folder."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from airdock.errors import AirdockError
from airdock.server.ports import claim_port
from airdock.server.setting_values import SettingsError
from airdock.server.settings import Settings, load_settings


def command(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder of projects. [default: the repository]")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address of the flow port. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="The flow port; 0 lets the system choose. [default: 8080]")] = None,
    admin_port: Annotated[int | None, typer.Option(help="The management port; 0 for none. [default: PORT + 1]")] = None,
    admin_host: Annotated[
        str | None, typer.Option(help="Address of the management port. [default: this machine only]")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve the flow port. [default: 1]")] = None,
    dev: Annotated[
        bool | None,
        typer.Option("--dev/--no-dev", help="Follow changes, and tell callers errors in full. [default: no]"),
    ] = None,
    root_path: Annotated[
        str | None, typer.Option(help='Prefix in front of all addresses, such as "/dirigible".')
    ] = None,
    max_body: Annotated[str | None, typer.Option(help="Largest body of a request. [default: 10MB]")] = None,
    home: Annotated[
        Path | None, typer.Option(help="Where state is kept, such as the repository. [default: ~/.airdock]")
    ] = None,
    grace: Annotated[
        str | None, typer.Option(help="How long runs may go on when the server is stopped. [default: 10s]")
    ] = None,
    commands: Annotated[
        Path | None, typer.Option(help="File of the programs that flows may run. [default: none]")
    ] = None,
) -> None:
    """Serve what is published, or a folder: each flow answers at its address.

    Without DIR the repository in the home folder, or in the database of AIRDOCK_DATABASE_URL, is served and followed.

    Stops on Ctrl-C (or SIGTERM): runs in flight may end within the grace period. A second Ctrl-C ends at once.

    Each option can be given as an environment variable too, such as AIRDOCK_PORT=9000.
    """
    given = {name: value for name, value in locals().items() if value is not None}
    try:
        settings = _with_ports(_checked(load_settings(given)))
        _read_files(settings)
        _open(settings)
    except SettingsError as error:
        _fail(_as_option(error), 2)
    except AirdockError as error:
        _fail(f"{error}", 1)
    raise typer.Exit(_serve(settings))


def _open(settings: Settings) -> None:
    """Brings the database up to date, once for all processes, and asks it whether the server may listen where it shall.

    Raises:
        DatabaseError: the repository cannot be used. ExposureError: there is no administrator yet.
    """
    # Here, so that a wrong option is told at once.
    from airdock.database import Database, DatabaseError
    from airdock.server.exposure import check_exposure

    def has_administrator() -> bool:
        from airdock.identity import Identity

        return Identity(database).users.has_administrator()

    database = Database(settings.home, settings.database_url)
    try:
        database.open()
    except DatabaseError:
        # A folder is served without it, too.
        if settings.folder is None or settings.database_url:
            raise
    check_exposure(settings, has_administrator)
    database.close()


def _read_files(settings: Settings) -> None:
    """Reads the files that settings name: each process would stumble over one that is wrong.

    Raises:
        AirdockError: a file cannot be read, or does not say it well.
    """
    if settings.commands is None and settings.connections is None:
        return
    from airdock.server.outside import make_commands, read_overrides

    make_commands(settings)
    read_overrides(settings)


def _serve(settings: Settings) -> int:
    # Here, so that a wrong option is told at once.
    from airdock.cli.run_report import Report
    from airdock.server.processes import Processes
    from airdock.server.workers import create_rsgi, serve_management, serve_triggers

    processes = Processes(settings, create_rsgi, serve_management, serve_triggers)
    report = Report(settings, processes)
    report.start()
    try:
        return processes.run()
    finally:
        report.stop()


def _checked(settings: Settings) -> Settings:
    if settings.folder is None:
        return settings
    if not settings.folder.exists():
        raise SettingsError(
            "folder", f"there is no folder {settings.folder}: make one with `airdock new`, or name another"
        )
    if not settings.folder.is_dir():
        raise SettingsError("folder", f"{settings.folder} is a file: name the folder that it stands in")
    return settings


def _with_ports(settings: Settings) -> Settings:
    chosen: dict[str, Any] = {"port": claim_port(settings.host, settings.port, "--port")}
    if settings.admin_port is None and settings.port == 0:
        chosen["admin_port"] = claim_port(settings.management_host, 0, "--admin-port")
    elif settings.management_port:
        chosen["admin_port"] = claim_port(settings.management_host, settings.management_port, "--admin-port")
    return msgspec.structs.replace(settings, **chosen)


def _as_option(error: SettingsError) -> str:
    """The error with the setting's name as the option is written."""
    text, name = str(error), error.setting
    option = "DIR" if name == "folder" else "--" + name.replace("_", "-")
    return f"{option}: {text.removeprefix(f'{name}: ')}" if text.startswith(f"{name}: ") else text


def _fail(message: str, code: int) -> None:
    typer.echo(f"airdock: {message}", err=True)
    raise typer.Exit(code)
