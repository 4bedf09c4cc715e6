"""A client of the management API.

    from airdock.client import Client

    with Client("https://airdock.example.com", token="adk_…") as client:
        for project in client.projects():
            print(project.name, project.release)

Every answer is a value of `airdock.api`. What goes wrong is one of the exceptions below.
"""

from airdock.client.client import Client
from airdock.client.errors import (
    ApiError,
    ClientError,
    InsecureServerError,
    UnexpectedAnswerError,
    UnreachableError,
)
from airdock.client.workspace import Content

__all__ = [
    "ApiError",
    "Client",
    "ClientError",
    "Content",
    "InsecureServerError",
    "UnexpectedAnswerError",
    "UnreachableError",
]
