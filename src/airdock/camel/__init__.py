"""Translation of Apache Camel's routes into descriptors."""

from airdock.camel.files import Translation, translate_yaml
from airdock.camel.notes import Note

__all__ = ["Note", "Translation", "translate_yaml"]
