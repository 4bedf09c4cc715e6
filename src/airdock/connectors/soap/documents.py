"""WSDL documents: read within bounds, and asked what a message of an operation is."""

import threading
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from airdock.connectors.soap.values import fault_of, library, plain
from airdock.errors import FlowError, described

Load = Callable[[str], bytes]
"""The file at a location: `file:///project/prices.wsdl`, or an address."""

_KEPT = 32
_MOST_FILES = 200
_known: dict[str, tuple[dict[str, bytes], Any]] = {}
"""Documents of files by the location of the first one, and what their files held when they were read."""
_lock = threading.Lock()


class DocumentError(Exception):
    """A WSDL cannot be used."""


class NoOperationError(Exception):
    """There is no such operation; `hint` is what was meant."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def document(location: str, load: Load) -> Any:
    """The document at a location, with all that it imports. It takes a while: call it in a thread.

    Raises:
        DocumentError: it cannot be used. Whatever `load` raises.
    """
    files = _Files(load)
    try:
        return library("wsdl").Document(location, files, settings=settings())
    except (FlowError, DocumentError):
        raise
    except Exception as error:  # strange documents make the library raise whatever it comes upon
        raise files.failure or DocumentError(f"the WSDL cannot be used: {described(error)[:300]}") from error


def document_of_file(path: str, load: Load) -> Any:
    """The same for a file of the registry, read once for each version of its files."""
    location = f"file:///{path}"
    with _lock:
        files, known = _known.get(location, ({}, None))
        if known is not None and all(load(each) == content for each, content in files.items()):
            return known
        read: dict[str, bytes] = {}

        def noting(each: str) -> bytes:
            read[each] = load(each)
            return read[each]

        made = document(location, noting)
        while len(_known) >= _KEPT:
            del _known[next(iter(_known))]
        _known[location] = (read, made)
        return made


def settings() -> Any:
    """How XML is read: no document type, no entities, nothing that is larger than the library's own bounds."""
    return library("settings").Settings(strict=True, forbid_dtd=True, forbid_entities=True, force_https=False)


class _Files:
    """What the library asks for files."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._count = 0
        self.failure: Exception | None = None

    def load(self, location: Any) -> bytes:
        self._count += 1
        if self._count > _MOST_FILES:
            raise DocumentError(f"the WSDL imports more than {_MOST_FILES} files")
        try:
            return self._load(str(location))
        except Exception as error:
            self.failure = error
            raise


class Port:
    """A port of a service: its operations, and the messages to and from them."""

    def __init__(self, read: Any, service: str = "", port: str = "", token: Any = None) -> None:
        """`token`: what proves in each message who calls.

        Raises:
            DocumentError: there is no such service or port.
        """
        found = _named(read.services, service, "service")
        chosen = _named(found.ports, port, f"port of {found.name}")
        if not hasattr(chosen.binding, "_create"):
            raise DocumentError(f"the port {chosen.name} is none of SOAP")
        parts = {"transport": _Files(_nothing), "settings": settings(), "plugins": [_NameCheck()]}
        self._client = library("client").Client(read, wsse=token, **parts)
        self._binding = chosen.binding
        self._options = chosen.binding_options
        self.address: str = chosen.binding_options.get("address") or ""

    def operation(self, name: str) -> Any:
        """Raises NoOperationError where there is none of that name."""
        operations = self._binding._operations
        if name not in operations:
            near = get_close_matches(name, operations, 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(operations)[:10])}"
            raise NoOperationError(f"there is no operation {name!r}", hint)
        return operations[name]

    def message(self, name: str, arguments: Any) -> tuple[bytes, dict[str, str]]:
        """What is sent for a call, and its HTTP headers.

        Raises:
            NoOperationError: there is none of that name.
            FlowError: `connector.soap.arguments`, they do not fit the operation.
        """
        operation = self.operation(name)
        if not isinstance(arguments, dict):
            raise _unfit(name, "they are no object")
        if "_soapheaders" in arguments:
            raise _unfit(name, "there is no argument '_soapheaders'")
        try:
            envelope, headers = self._binding._create(
                operation.name, (), arguments, client=self._client, options=self._options
            )
            content: bytes = library("wsdl.utils").etree_to_string(envelope)
        except Exception as error:  # values of every kind come here, and the library has no one error for them
            raise _unfit(name, str(error) or type(error).__name__) from error
        return content, {str(key): str(value) for key, value in headers.items()}

    def reply(self, name: str, status: int, content_type: str, content: bytes) -> Any:
        """The value of an answer.

        Raises:
            FlowError: `connector.soap.fault`, the service says that it failed; `connector.failed`, it is no answer.
        """
        try:
            value = self._binding.process_reply(
                self._client, self.operation(name), _Reply(status, content_type, content)
            )
        except library("exceptions").Fault as fault:
            raise fault_of(name, fault) from fault
        except Exception as error:  # as above
            reason = described(error).partition("\n")[0][:300]
            message = f"{name} answered {status} with what is no answer of it: {reason}"
            raise FlowError("connector.failed", message, details={"status": status}) from error
        return plain(value)


class _NameCheck:
    """Looks whether an answer is that of the operation: the library reads the first element, whatever it is called."""

    def egress(self, envelope: Any, headers: Any, operation: Any, options: Any) -> tuple[Any, Any]:
        return envelope, headers

    def ingress(self, envelope: Any, headers: Any, operation: Any) -> tuple[Any, Any]:
        output = operation.output
        body = next((each for each in envelope if str(each.tag).endswith("}Body")), None)
        if body is None:
            raise ValueError("it is no envelope with a body")
        first = next((str(each.tag) for each in body), "")
        wanted = getattr(output.body, "qname", None) if getattr(output, "_is_body_wrapped", True) is False else None
        if wanted is not None and first != wanted.text and not first.endswith("}Fault"):
            raise ValueError(f"{first or 'nothing'} stands in place of {wanted.text}")
        return envelope, headers


class _Reply:
    """An answer as the library wants to see it."""

    encoding = "utf-8"

    def __init__(self, status: int, content_type: str, content: bytes) -> None:
        self.status_code = status
        self.headers: Mapping[str, str] = {"Content-Type": content_type or "text/xml"}
        self.content = content


def _named(items: Mapping[str, Any], name: str, what: str) -> Any:
    if not items:
        raise DocumentError(f"the WSDL has no {what}")
    if not name:
        return next(iter(items.values()))
    if name not in items:
        raise DocumentError(f"the WSDL has no {what} {name!r}: it has {', '.join(items)}")
    return items[name]


def _nothing(location: str) -> bytes:
    raise DocumentError(f"nothing is fetched for an answer: {location}")


def _unfit(name: str, reason: str) -> FlowError:
    message = f"the arguments do not fit {name}: {' '.join(reason.split())[:500]}"
    return FlowError("connector.soap.arguments", message)
