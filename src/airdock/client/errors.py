"""What a client's calls raise."""

from airdock.api.shapes import ProblemDocument
from airdock.errors import AirdockError


class ClientError(AirdockError):
    """Base of everything that a client raises on purpose."""


class InsecureServerError(ClientError):
    """A token or a password would have left this machine unencrypted. Nothing was sent."""


class UnreachableError(ClientError):
    """There was no answer: no server, a broken connection, or too late.

    Attributes:
        server: Its address.
        timed_out: Whether the server took the request and was too slow; it may have done what was asked.
    """

    def __init__(self, server: str, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(f"{server} cannot be reached: {reason}")
        self.server = server
        self.reason = reason
        self.timed_out = timed_out


class UnexpectedAnswerError(ClientError):
    """Something answered that is not the management API of an Airdock that this client knows."""


class ApiError(ClientError):
    """The server refused or failed, and said why.

    Attributes:
        status: The HTTP status. code: Stable name of the error, such as `repository.stale`. detail: A sentence.
        errors: Each thing that is wrong: problems of descriptors, or fields of the request.
        document: The whole problem document (RFC 9457), with what is particular to the code.
    """

    def __init__(self, document: ProblemDocument) -> None:
        detail = document.detail or document.title
        super().__init__(f"{document.status} {document.code}: {detail}")
        self.status = document.status
        self.code = document.code
        self.detail = detail
        self.errors = document.errors
        self.document = document
