"""Secrets in clear text. What is found is never told, only where."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from airdock.descriptor.tree import Node
from airdock.lint.landscape import Landscape
from airdock.lint.subject import Finding, Subject

CODE = "lint.clearTextSecret"

_TOKEN = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[0-9A-Za-z]{36}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20}"
    r"|\bxox[abprs]-[0-9A-Za-z-]{10,}|\b[rs]k_live_[0-9A-Za-z]{16,}|\bAIza[\w-]{35}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|://[^\s/:@$]+:[^\s/@$]+@"
)
"""Texts that are secrets wherever they stand."""

_NAMES = (
    "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "privatekey", "secretkey",
    "credential", "credentials", "authorization",
)  # fmt: skip
"""What the names of secrets end in, without `-` and `_`."""
_VAGUE = ("key", "auth", "signature", "salt", "hash")
"""The same of names that may be something else: only what looks random counts."""
_PLACEHOLDER = re.compile(r"\*+|x+|<.*>|\.+|any|null|none", re.IGNORECASE)
_SHORTEST, _SHORTEST_RANDOM, _RANDOM = 4, 20, 3.5
_QUICK = re.compile("|".join((*(r"[-_]?".join(name) for name in _NAMES), *_VAGUE)), re.IGNORECASE)
_SCHEME = re.compile(r"(?:Basic|Bearer|Token) +", re.IGNORECASE)


def check(subject: Subject, landscape: Landscape) -> Iterator[Finding]:
    text = subject.text
    # Most files have nothing of the kind, and need not be read again.
    worth_a_look = subject.kind and (_QUICK.search(text) or _TOKEN.search(text))
    tree = subject.tree() if worth_a_look else None
    if tree is None:
        return
    declared = _declared(subject)
    for node in _texts(tree):
        if _TOKEN.search(node.value):
            yield Finding("this text holds a secret in clear text", node.place)
        elif subject.kind == "test":
            # What a test sends opens nothing.
            continue
        elif node.path not in declared and isinstance(node.key, str) and _is_secret(node.key, node.value):
            yield Finding(f"`{node.key[:60]}` is a secret in clear text", node.place)


def _declared(subject: Subject) -> set[str]:
    """The paths of fields that elements declare: their names are not the author's, and say what they take."""
    found = set()
    for element in subject.elements:
        for name, place in element.places.items():
            field = type(element).fields.get(name)
            if field is not None and not field.secret:
                found.add(place.path)
    return found


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, str):
        yield node
    elif isinstance(node.value, dict | list):
        for child in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from _texts(child)


def _is_secret(name: str, value: str) -> bool:
    word = name.lower().replace("-", "").replace("_", "")
    value = _SCHEME.sub("", value, count=1)
    if "${" in value or " " in value or len(value) < _SHORTEST or _PLACEHOLDER.fullmatch(value):
        return False
    if word.endswith(_NAMES):
        return True
    return word.endswith(_VAGUE) and len(value) >= _SHORTEST_RANDOM and _entropy(value) >= _RANDOM


def _entropy(text: str) -> float:
    """Bits of each character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
