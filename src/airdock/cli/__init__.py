"""The command line. Importing this costs nothing: the processes of a server import it too."""

import os
import sys


def main() -> None:
    """The program `airdock`."""
    # The folder of programs is no place for modules: one of them may be called as a package is that is imported later.
    if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(sys.argv[0])):
        del sys.path[0]
    from airdock.cli.app import build_app

    build_app()()
