"""Script modules in Python: trusted code of the project, run in this process."""

from airdock.scripts.python.runtime import PythonScripts
from airdock.scripts.python.script import Script

__all__ = ["PythonScripts", "Script"]
