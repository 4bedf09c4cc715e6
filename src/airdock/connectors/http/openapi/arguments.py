"""The arguments of an operation: checked, and written as its parameters say."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote

from airdock.connectors.http.openapi.document import Document, DocumentError, Operation, Parameter
from airdock.errors import FlowError
from airdock.expressions import render_text
from airdock.validation import compile_schema

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,17})?")
_LINE = re.compile(r"[\x20-\x7e]*")
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "|"}


class Arguments:
    """Checks and writes what an operation is called with."""

    def __init__(self, document: Document, operation: Operation) -> None:
        """Raises DocumentError where a schema cannot be used."""
        self.operation = operation
        self._checks = {name: _check(document, each.schema) for name, each in operation.parameters.items()}
        body = operation.body
        self._body = None if body is None or "json" not in body.content_type else _check(document, body.schema)

    def names(self, given: Mapping[str, Any]) -> None:
        """Raises FlowError where a name is none of the parameters, or a required one is missing."""
        known = self.operation.parameters
        for name in given:
            if name not in known:
                near = get_close_matches(name, known, 1, 0.5)
                hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known) or 'none'}"
                raise self._unfit(f"there is no parameter {name!r}: {hint}")
        for name, parameter in known.items():
            if parameter.required and name not in given:
                raise self._unfit(f"the parameter {name!r} is missing")

    def value(self, name: str, value: Any) -> None:
        """Raises FlowError where an argument does not fit. Null stands for none at all."""
        parameter, check = self.operation.parameters[name], self._checks[name]
        if value is None:
            if parameter.required:
                raise self._unfit(f"the parameter {name!r} is missing")
            return
        told = check(value)
        # What it is in a text counts for a parameter, as it is sent as one.
        if told and isinstance(value, str) and not parameter.json and (spelt := _spelt(value)) is not None:
            told = check(spelt) and told
        if told:
            raise self._unfit(f"the parameter {name!r} does not fit: {told}")

    def body(self, value: Any) -> None:
        """Raises FlowError where a body does not fit."""
        body = self.operation.body
        if body is None:
            if value is not None:
                raise self._unfit("it takes no body")
        elif value is None:
            if body.required:
                raise self._unfit("the body is missing")
        elif self._body is not None and not isinstance(value, bytes) and (told := self._body(value)):
            raise self._unfit(f"the body does not fit: {told}")

    def written(self, given: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
        """Path, query and headers of a call with checked arguments.

        Raises:
            FlowError: an argument cannot stand where its parameter does.
        """
        path, query, headers, cookies = self.operation.path, list[str](), dict[str, str](), list[str]()
        for name, parameter in self.operation.parameters.items():
            value = given.get(name)
            if value is None:
                continue
            if parameter.place == "path":
                path = path.replace(f"{{{name}}}", self._segment(parameter, value))
            elif parameter.place == "query":
                query += _query(parameter, value)
            else:
                text = _joined(parameter, value, str)
                if not _LINE.fullmatch(text):
                    raise self._unfit(f"the parameter {name!r} has characters that no header has")
                if parameter.place == "header":
                    headers[name] = text
                else:
                    cookies.append(f"{name}={quote(text, safe='')}")
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        return path, "&".join(query), headers

    def _segment(self, parameter: Parameter, value: Any) -> str:
        text = _joined(parameter, value, _quoted)
        if text in ("", ".", ".."):
            raise self._unfit(f"the parameter {parameter.name!r} stands in the path and must be a text of it")
        return text

    def _unfit(self, reason: str) -> FlowError:
        return FlowError("connector.http.arguments", f"{self.operation.name}: {reason}")


def _check(document: Document, schema: Any) -> Callable[[Any], str]:
    """What tells why a value does not fit a schema; empty where it does."""
    if schema is None:
        return lambda value: ""
    try:
        sentences = compile_schema(document.schema(schema))
    except ValueError as error:
        raise DocumentError(f"a schema cannot be used: {' '.join(str(error).split())[:200]}") from error

    def check(value: Any) -> str:
        try:
            return next(iter(sentences(value)), "").removeprefix("$: ").removeprefix("$.")
        except (ValueError, TypeError) as error:
            return str(error)[:200]

    return check


def _spelt(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return None


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _joined(parameter: Parameter, value: Any, write: Callable[[str], str]) -> str:
    """The style `simple`: what is in a list or an object stands behind commas."""
    if parameter.json or not isinstance(value, list | dict):
        return write(render_text(value))
    if isinstance(value, list):
        return ",".join(write(render_text(each)) for each in value)
    sign = "=" if parameter.explode else ","
    return ",".join(f"{write(name)}{sign}{write(render_text(each))}" for name, each in value.items())


def _query(parameter: Parameter, value: Any) -> list[str]:
    name = _quoted(parameter.name)
    if parameter.json or not isinstance(value, list | dict):
        return [f"{name}={_quoted(render_text(value))}"]
    if isinstance(value, list):
        texts = [_quoted(render_text(each)) for each in value]
        if parameter.explode:
            return [f"{name}={each}" for each in texts]
        return [f"{name}={_DELIMITERS.get(parameter.style, ',').join(texts)}"]
    pairs = [(_quoted(str(key)), _quoted(render_text(each))) for key, each in value.items()]
    if parameter.style == "deepObject":
        return [f"{name}%5B{key}%5D={each}" for key, each in pairs]
    if parameter.explode:
        return [f"{key}={each}" for key, each in pairs]
    return [f"{name}=" + ",".join(f"{key},{each}" for key, each in pairs)]
