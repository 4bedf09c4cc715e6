import pytest

from airdock.connectors.command.commands import Commands
from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.engine.commands import command_among
from airdock.errors import DescriptorError, FlowError, Place
from airdock.spec.command import AllowedCommand

ALLOWED = Commands({"list": AllowedCommand(program="/bin/ls", projects=["shop*"])})


def found(commands: Commands, name: str, project: str) -> object:
    return command_among(Links(LoopClock(), commands=commands), name, project, Place("a.flow", 1, 2))


def hint_for(commands: Commands, name: str, project: str) -> str:
    with pytest.raises(DescriptorError) as raised:
        found(commands, name, project)
    (problem,) = raised.value.problems
    assert (problem.code, problem.place.line) == ("descriptor.reference", 1)
    return problem.hint


def test_the_projects_of_a_command_find_it() -> None:
    assert found(ALLOWED, "list", "shop2") is ALLOWED.at("list")


def test_what_is_not_allowed_is_told_with_the_next_move() -> None:
    assert hint_for(ALLOWED, "lsit", "shop") == "did you mean 'list'?"
    assert hint_for(ALLOWED, "move", "shop") == "there are list"
    for commands, project in ((ALLOWED, "other"), (Commands({}), "shop")):
        assert "by the setting `commands`" in hint_for(commands, "list", project)


async def test_where_nobody_has_said_what_is_allowed_a_run_is_refused() -> None:
    command = Links(LoopClock()).command("list")
    assert found(Commands(), "list", "shop") is not None
    with pytest.raises(FlowError, match="allows no command 'list'"):
        await command.run([], b"")
