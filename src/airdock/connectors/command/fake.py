"""Commands in tests of flows."""

from airdock.connectors.command.arguments import checked
from airdock.spec.command import AllowedCommand, Argument, Ended


class FakeCommand:
    """Ends well, and writes what it reads, whatever its name; arguments are looked at as those of programs are."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._declared = AllowedCommand(program="/fake", max_arguments=1000, options="literal")

    async def run(self, arguments: list[Argument], content: bytes) -> Ended:
        checked(self._name, self._declared, arguments)
        return Ended(0, content, b"")
