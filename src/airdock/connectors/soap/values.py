"""What the library makes of XML, as plain values that expressions and JSON know."""

import math
from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

from airdock.errors import FlowError, Place
from airdock.formats.xml import XmlReading


def _no_file(path: str, place: Place) -> bytes:
    raise FileNotFoundError(path)


_read_xml = XmlReading(namespaces="strip").compile(_no_file)


def library(module: str) -> Any:
    """A module of the library that knows SOAP; it takes a while to load, and has few types."""
    return import_module(f"zeep.{module}")


def plain(value: Any) -> Any:
    """An answer as a plain value: objects, lists, texts, numbers, booleans and null.

    Times are texts as ISO 8601 has them, bytes are base64, decimals are numbers where a number holds all their digits
    and texts where not. XML that no schema describes is an object as `unmarshal` makes it.
    """
    if isinstance(value, dict | library("xsd.valueobjects").CompoundValue):
        return {key: plain(value[key]) for key in value}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value)
    if hasattr(value, "tag"):
        return element(value)
    if hasattr(value, "value") and hasattr(value, "xsd_type"):
        return plain(value.value)
    return str(value)


def element(node: Any) -> Any:
    """What stands in an element, without the element's own name."""
    read = _read_xml(library("wsdl.utils").etree_to_string(node), "")
    return next(iter(read.values()))


def fault_of(operation: str, fault: Any) -> FlowError:
    """The error for a fault (`zeep.exceptions.Fault`)."""
    said = " ".join(str(fault.message or "no reason was given").split())[:1000]
    detail = fault.detail if fault.detail is None or isinstance(fault.detail, str) else element(fault.detail)
    details = {"faultCode": _local(fault.code), "detail": detail}
    if fault.subcodes:
        details["subcodes"] = [each.localname for each in fault.subcodes]
    if fault.actor:
        details["actor"] = fault.actor
    return FlowError("connector.soap.fault", f"{operation} ended with a fault: {said}", details=details)


def _local(code: Any) -> str:
    return str(code or "").rpartition(":")[2]


def _number(value: Decimal) -> int | float | str:
    if value.is_finite():
        if value == value.to_integral_value() and abs(value) < 2**63:
            return int(value)
        if Decimal(repr(float(value))) == value:
            return float(value)
    return str(value)


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"


def _duration(value: timedelta) -> str:
    text: str = import_module("isodate").duration_isoformat(value)
    return text


_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Decimal, _number),
    (float, _float),
    ((datetime, date, time), lambda value: value.isoformat()),
    (timedelta, _duration),
    (bytes, lambda value: b64encode(value).decode()),
)
