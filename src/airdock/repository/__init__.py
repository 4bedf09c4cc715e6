"""The repository: workspaces, sandboxes and the registry in one store; see `Repository`."""

from airdock.repository.archive import read_zip, write_zip
from airdock.repository.checks import Check
from airdock.repository.difference import Difference
from airdock.repository.drafts import Draft
from airdock.repository.errors import ConflictError, RepositoryError, StaleBaseError
from airdock.repository.manifest import FileInfo
from airdock.repository.publication import Published
from airdock.repository.releases import Release
from airdock.repository.repository import Repository
from airdock.repository.sandboxes import Activation
from airdock.repository.sides import InRegistry, InSandbox, InWorkspace, Side
from airdock.repository.snapshot import BlobIds, ReleasedFiles, Snapshot
from airdock.repository.text_difference import FileDifference
from airdock.repository.workspaces import ABSENT, Expected, FileContent

__all__ = [
    "ABSENT",
    "Activation",
    "BlobIds",
    "Check",
    "ConflictError",
    "Difference",
    "Draft",
    "Expected",
    "FileContent",
    "FileDifference",
    "FileInfo",
    "InRegistry",
    "InSandbox",
    "InWorkspace",
    "Published",
    "Release",
    "ReleasedFiles",
    "Repository",
    "RepositoryError",
    "Side",
    "Snapshot",
    "StaleBaseError",
    "read_zip",
    "write_zip",
]
