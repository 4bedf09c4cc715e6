"""The command line. Importing this costs nothing: the processes of a server import it too."""


def main() -> None:
    """The program `airdock`."""
    from airdock.cli.app import build_app

    build_app()()
