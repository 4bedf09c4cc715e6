"""Finding the programs that flows name."""

from airdock.connectors.links import Links
from airdock.descriptor.names import hint
from airdock.errors import DescriptorError, Place, Problem
from airdock.spec.command import Command


def command_among(links: Links, name: str, project: str, place: Place) -> Command:
    """The command of a name, if the installation allows it to a project's flows, or nobody has said what it allows.

    Raises:
        DescriptorError: `descriptor.reference`.
    """
    allowed = links.commands
    if allowed.known and not links.fakes:
        names = [each for each, declared in allowed.declared.items() if declared.is_for(project)]
        if name not in names:
            message = f"this installation allows no command {name!r}"
            if name in allowed.declared:
                message += f" to flows of the project {project!r}"
            advice = hint(name, names, "there are ") or "the operator allows commands by the setting `commands`"
            raise DescriptorError([Problem("descriptor.reference", message, place, advice)])
    return links.command(name)
