"""Writing of YAML."""

from typing import Any

import msgspec
import yaml

from airdock.formats.format import ReadFile, UnwritableError, Write, Writing
from airdock.formats.text import WRITE_CHARSET, charset_field, check_charset, encoded
from airdock.formats.yaml_scalars import NotOfTypeError, plain_scalar
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Integer

TYPE = "application/yaml"


class YamlWriting(Writing):
    """A value becomes YAML of type `application/yaml` that readers of YAML 1.1 and 1.2 understand alike.

    Bytes become base64, dates and times texts in ISO 8601; NaN and infinity are `.nan` and `.inf`.
    """

    slow = True

    indent: int = field(Integer(2, 9), "Each level stands so many spaces to the right.", default=2)
    sort_names: bool = field(Boolean(), "The names in objects are in the order of the alphabet.", default=False)
    charset: str = charset_field(WRITE_CHARSET)

    def compile(self, file: ReadFile) -> Write:
        indent, sort, charset = self.indent, self.sort_names, self.charset

        def write(value: Any) -> tuple[str | bytes, str]:
            try:
                plain = msgspec.to_builtins(value, str_keys=True)
                text = yaml.dump(
                    plain, Dumper=_Dumper, indent=indent, sort_keys=sort, allow_unicode=True, default_flow_style=False
                )
            except RecursionError:
                raise UnwritableError("the value is nested too deeply") from None
            except (TypeError, ValueError, yaml.YAMLError, msgspec.MsgspecError) as error:
                raise UnwritableError(f"YAML cannot hold the value: {error}") from error
            return encoded(text.removesuffix("...\n"), TYPE, charset)

        return write

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return check_charset(element)


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    # The library quotes what YAML 1.1 would take for another type; YAML 1.2 knows some more.
    style = "|" if "\n" in text else None if _is_text(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _is_text(text: str) -> bool:
    try:
        return isinstance(plain_scalar(text), str)
    except NotOfTypeError:
        return False


_Dumper.add_representer(str, _represent_text)
