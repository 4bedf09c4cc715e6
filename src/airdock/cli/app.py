"""The registry of commands: which there are, and which module has each.

A command's module is imported only when the command is used, so that `airdock --help` and `airdock version` are quick.
A module has either `command`, a function that typer turns into a command, or `app`, a typer application with commands
of its own.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as command_of_app


class Entry(NamedTuple):
    """A command: the module that has it, and its line in `airdock --help`."""

    module: str
    help: str


COMMANDS: dict[str, Entry] = {
    "run": Entry("airdock.cli.run", "Serve a folder: each flow answers at its address."),
    "check": Entry("airdock.cli.check", "Report every problem of a folder."),
    "fmt": Entry("airdock.cli.fmt", "Format descriptors."),
    "call": Entry("airdock.cli.call", "Send a request to a flow, without a server."),
    "test": Entry("airdock.cli.test", "Run the flow tests of a folder."),
    "debug": Entry("airdock.cli.debug", "Run a flow step by step."),
    "eval": Entry("airdock.cli.eval", "Evaluate an expression on a sample."),
    "import": Entry("airdock.cli.import_", "Translate the routes of other systems."),
    "new": Entry("airdock.cli.new", "Make a project from a template."),
    "schema": Entry("airdock.cli.schema", "Print the JSON Schema of a descriptor kind."),
    "steps": Entry("airdock.cli.steps", "List the step types, or explain one."),
    "runs": Entry("airdock.cli.runs", "List recorded runs, or show one."),
    "secrets": Entry("airdock.cli.secrets", "Set, list and remove secrets, and rotate their key."),
    "messages": Entry("airdock.cli.messages", "Send messages to the hub, and look at topics and queues."),
    "graph": Entry("airdock.cli.graph", "Draw a flow."),
    "login": Entry("airdock.cli.login", "Sign in to a server."),
    "logout": Entry("airdock.cli.logout", "Sign out of a server."),
    "push": Entry("airdock.cli.push", "Copy a folder to your workspace."),
    "pull": Entry("airdock.cli.pull", "Copy a project of the server to a folder."),
    "activate": Entry("airdock.cli.activate", "Run a project in your sandbox."),
    "deactivate": Entry("airdock.cli.deactivate", "Take a project out of your sandbox."),
    "publish": Entry("airdock.cli.publish", "Make a release of a project."),
    "releases": Entry("airdock.cli.releases", "List the releases of a project."),
    "diff": Entry("airdock.cli.diff", "Show what differs between folder, workspace and releases."),
    "rollback": Entry("airdock.cli.rollback", "Publish an earlier release again."),
    "unpublish": Entry("airdock.cli.unpublish", "Take a project out of the registry."),
    "routes": Entry("airdock.cli.routes", "List the addresses that published flows answer at."),
    "connections": Entry("airdock.cli.connections", "List connections and how they stand, or try one."),
    "jobs": Entry("airdock.cli.jobs", "List jobs and when they fire; run, pause or resume one."),
    "listeners": Entry("airdock.cli.listeners", "List listeners and how they stand, pause or resume one."),
    "dead-letters": Entry("airdock.cli.dead_letters", "Work off what listeners could not."),
    "logs": Entry("airdock.cli.logs", "Show the runs of a server, and follow them."),
    "users": Entry("airdock.cli.users", "Make and change users."),
    "tokens": Entry("airdock.cli.tokens", "Make and end tokens."),
    "backup": Entry("airdock.cli.backup", "Write the installation into one file."),
    "restore": Entry("airdock.cli.restore", "Restore a backup into an empty installation."),
    "version": Entry("airdock.cli.version", "Print the version."),
}


class LazyGroup(TyperGroup):
    """A group whose commands are stand-ins, with a help line only, until one is used."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **extra: Any) -> Any:
        return super().main(args, prog_name or "airdock", *rest, **extra)

    def invoke(self, ctx: Any) -> Any:
        from airdock.cli.guard import reported

        with reported(ctx.params.get("debug", False)):
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in COMMANDS:
            self.commands[args[0]] = load_command(args[0])
        return super().resolve_command(ctx, args)


def load_command(name: str) -> Any:
    """The command of that name, imported now."""
    entry = COMMANDS[name]
    module = import_module(entry.module)
    application = getattr(module, "app", None)
    if application is None:
        application = typer.Typer(add_completion=False, rich_markup_mode=None)
        application.command(name, help=getattr(module.command, "__doc__", None))(module.command)
    command = command_of_app(application)
    command.name = name
    return command


def build_app() -> LazyGroup:
    """The program. Calling it reads `sys.argv`, runs a command and exits."""
    application = typer.Typer(
        cls=LazyGroup, name="airdock", no_args_is_help=True, add_completion=False, rich_markup_mode=None
    )
    application.callback()(_program)
    group: LazyGroup = command_of_app(application)  # type: ignore[assignment]
    group.commands.update({name: TyperCommand(name, help=entry.help) for name, entry in COMMANDS.items()})
    return group


def _program(
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error comes from.")] = False,
) -> None:
    """Airdock runs integration flows from descriptors."""
