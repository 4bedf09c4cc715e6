"""What scripts can ask of the installation around them."""

from typing import Any, Protocol


class Host(Protocol):
    """Answers calls that leave a script, such as `messaging.send`.

    A call is made once, at its place in the script's order, also when the script fails later.
    """

    async def call(self, name: str, arguments: list[Any]) -> Any:
        """The answer, a value that JSON can hold.

        Args:
            name: `messaging.registerClient`, `messaging.receive` and so on: module and function.
            arguments: As the script gave them, made texts where the function takes texts.

        Raises:
            FlowError: ends the script with this error.
        """
