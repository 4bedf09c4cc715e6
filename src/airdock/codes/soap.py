"""Codes of SOAP."""

from airdock.codes.code import ErrorCode

SOAP: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.soap.fault",
        "A SOAP service answered with a fault.",
        "`details.faultCode` and `details.detail` are the service's own words.",
        502,
    ),
    ErrorCode(
        "connector.soap.operation",
        "A SOAP service has no such operation.",
        "Compare `operation` with the WSDL; in tests, mock the step.",
    ),
    ErrorCode(
        "connector.soap.arguments",
        "Arguments do not fit an operation of a SOAP service.",
        "Compare `arguments` with the WSDL; the message has what the operation takes.",
    ),
    ErrorCode(
        "connector.soap.wsdl",
        "The WSDL of a connection cannot be used.",
        "The message says why; `airdock connections test` tries it again.",
    ),
)
