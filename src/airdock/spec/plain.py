"""Elements that come as plain JSON in a file of their own, such as the layout of records."""

from typing import Any, TypeVar

import jsonschema_rs
import msgspec

from airdock.errors import DescriptorError, Place, Problem
from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.fields import Spec
from airdock.spec.kinds import Kind
from airdock.spec.schema import schema_of

Element = TypeVar("Element", bound=Spec)


def element_of(spec: type[Element], text: bytes, place: Place, file: str) -> Element:
    """The element that a JSON text says, of plain kinds only: no steps, expressions and templates.

    Args:
        place: What names the file. file: How it is called in a message.

    Raises:
        DescriptorError: `descriptor.value`, the text is no JSON, or says no such element.
    """
    try:
        value = msgspec.json.decode(text)
    except msgspec.MsgspecError as error:
        raise _refused(f"{file} is not JSON: {error}", place) from error
    fault = next(jsonschema_rs.Draft202012Validator(schema_of(spec, Catalogue(()))).iter_errors(value), None)
    if fault is not None:
        where = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in fault.instance_path)
        raise _refused(f"${where} in {file}: {fault.message[:300]}", place)
    element = _built(spec, value, place)
    broken = spec.check(element)
    if broken:
        raise DescriptorError([Problem("descriptor.value", f"{file}: {sentence}", place) for _, sentence in broken])
    return element


def _built(spec: type[Element], value: dict[str, Any], place: Place) -> Element:
    values = {spec.attributes[name]: _read(spec.fields[name].kind, each, place) for name, each in value.items()}
    return spec(place=place, **values)


def _read(kind: Kind, value: Any, place: Place) -> Any:
    if isinstance(kind, kinds.Record):
        return _built(kind.spec, value, place)
    if isinstance(kind, kinds.ListOf):
        return [_read(kind.item, each, place) for each in value]
    return value


def _refused(message: str, place: Place) -> DescriptorError:
    return DescriptorError([Problem("descriptor.value", message, place)])
