"""The codes of errors: what each means and the next move. Each is declared once, in a file of its area.

The reference page of error codes is made from `CODES`.
"""

from airdock.codes.brokers import BROKERS
from airdock.codes.code import ErrorCode, LintCode, Severity
from airdock.codes.commands import COMMANDS
from airdock.codes.connectors import CONNECTORS
from airdock.codes.databases import DATABASES
from airdock.codes.descriptors import DESCRIPTORS
from airdock.codes.files import FILES
from airdock.codes.formats import FORMATS
from airdock.codes.graphql import GRAPHQL
from airdock.codes.grpc import GRPC
from airdock.codes.http import HTTP
from airdock.codes.hub import HUB
from airdock.codes.installation import INSTALLATION
from airdock.codes.jobs import JOBS
from airdock.codes.ldap import LDAP
from airdock.codes.lint import LINT
from airdock.codes.listeners import LISTENERS
from airdock.codes.mail import MAIL
from airdock.codes.patterns import PATTERNS
from airdock.codes.requests import REQUESTS
from airdock.codes.runs import RUNS
from airdock.codes.soap import SOAP

CODES: dict[str, ErrorCode] = {
    code.code: code
    for area in (
        DESCRIPTORS,
        RUNS,
        PATTERNS,
        FORMATS,
        CONNECTORS,
        DATABASES,
        BROKERS,
        GRAPHQL,
        GRPC,
        HTTP,
        HUB,
        LISTENERS,
        JOBS,
        MAIL,
        FILES,
        COMMANDS,
        LDAP,
        REQUESTS,
        SOAP,
        INSTALLATION,
    )
    for code in area
}

__all__ = ["CODES", "LINT", "ErrorCode", "LintCode", "Severity"]
