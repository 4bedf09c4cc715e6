import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

from airdock.connectors.ldap.connection import LdapConnection
from airdock.connectors.ldap.directory import SCOPES, Directory, Entry, Search, Values, plain
from airdock.connectors.ldap.filters import Filter, FilterError
from airdock.connectors.ldap.names import PARAMETER, inside, name_of, parse_name
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, Choice, Integer, ListOf, MapOf, Module, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep

_TAKES = {
    "search": {"filter", "scope", "attributes", "limit"},
    "compare": {"attribute", "value"},
    "bind": {"password"},
    "add": {"entry"},
    "modify": {"changes"},
    "delete": set[str](),
}
_NEEDS = {"compare": ("attribute", "value"), "bind": ("password",), "add": ("entry",), "modify": ("changes",)}
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9;.-]{0,199}|\d+(\.\d+)+")
_EVERY = Filter("(objectClass=*)")

Work = Callable[[Directory, str, dict[str, Any], Exchange], Awaitable[Any]]


class Ldap(ProducingStep):
    """Looks for entries of a directory, makes, changes and removes them, and checks passwords.

    | operation | gives |
    |---|---|
    | `search` | a list of `{dn, attributes}`; each attribute is a list of texts, or of bytes where they are none |
    | `compare` | whether an `attribute` has a `value` |
    | `bind` | whether `password` is that of the entry; false for an empty one |
    | `add`, `modify`, `delete` | `{dn}` |

    Values get into `filter` and `dn` as parameters alone: `:name` stands for the one of that name in `parameters`, is
    escaped, and is never more than a value. `${}` in them is refused, and an empty value is an error, as it would make
    a condition of everything. A `dn` that is `:name` and nothing else takes the whole name of an entry, such as the
    `dn` that a search gave. No `dn` reaches out of the connection's `base`.

    A search goes page by page. Entries that are not there are `connector.ldap.missing`, which a search beneath them is,
    too; a search that finds nothing gives an empty list.
    """

    type = "ldap"
    group = "connectors"
    waits = True
    example = {
        "type": "ldap",
        "connection": "/shop/people.connection",
        "operation": "search",
        "dn": "ou=people,dc=example,dc=com",
        "filter": "(&(objectClass=person)(mail=:mail))",
        "parameters": {"mail": "${body.mail}"},
        "attributes": ["cn", "memberOf"],
    }

    connection: str = field(
        Module((".connection",)), "The `ldap` connection.", default=REQUIRED, example="/shop/people.connection"
    )
    operation: str = field(Choice(tuple(_TAKES)), "What is done.", default=REQUIRED, example="search")
    dn: str = field(
        Text(),
        "The entry; that of `search`, at which it begins, is the connection's `base` if left out.",
        default="",
        example="uid=:user,ou=people,dc=example,dc=com",
    )
    filter: str = field(
        Text(), "Which entries a search finds; all if left out.", default="", example="(|(uid=:user)(mail=:user))"
    )
    parameters: dict[str, Template] = field(
        MapOf(TemplateKind()), "What `:name` stands for, by name.", default={}, example={"user": "${body.user}"}
    )
    scope: str = field(
        Choice(SCOPES), "Where a search looks: everywhere beneath `dn`, one level beneath, or at it alone.",
        default="subtree",
    )  # fmt: skip
    wanted: list[str] = field(
        ListOf(Text()),
        "The attributes that a search gives; all if left out.",
        name="attributes",
        default=[],
        example=["cn", "mail"],
    )
    limit: int = field(Integer(1, 100_000), "More entries than these are an error.", default=1000)
    attribute: str = field(Text(), "What `compare` compares.", default="", example="memberOf")
    value: Template | None = field(
        TemplateKind(types=("string", "number", "boolean")), "With what.", example="${body.group}"
    )
    password: Template | None = field(TEXT_TEMPLATE, "What `bind` tries.", example="${body.password}")
    entry: Template | None = field(
        TemplateKind(types=("object",)),
        "The attributes of a new entry: a value, or a list of them, by name.",
        example={"objectClass": ["inetOrgPerson"], "cn": "${body.name}", "sn": "${body.name}"},
    )
    changes: Template | None = field(
        TemplateKind(types=("object",)),
        "`replace`, `add` and `delete`, each an object of attributes; `delete` with `[]` removes all values.",
        example={"replace": {"mail": "${body.mail}"}},
    )

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return [*_checked(element)]

    @property
    def repeatable(self) -> bool:
        return self.operation in ("search", "compare", "bind")

    @property
    def reaches(self) -> Outside:
        return Outside(self.connection, lambda exchange: self.dn)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (LdapConnection,), self.place_of("connection"))
        declared = compiler.declaration(self.connection, (LdapConnection,), self.place_of("connection"))
        name = name_of(self.dn or declared.base)
        values = tuple((each, template.evaluate) for each, template in self.parameters.items())
        store, work = self.store(), self._work()

        async def ldap(exchange: Exchange) -> None:
            given = {each: evaluate(exchange) for each, evaluate in values}
            dn = name(given)
            directory: Directory
            async with link.use() as directory:
                inside(dn, directory.base, directory.name)
                store(exchange, await work(directory, dn, given, exchange))

        return ldap

    def _work(self) -> Work:
        if self.operation == "search":
            return self._search()
        return getattr(self, f"_{self.operation}")  # type: ignore[no-any-return]

    def _search(self) -> Work:
        filter_ = Filter(self.filter) if self.filter else _EVERY

        async def search(directory: Directory, dn: str, given: dict[str, Any], exchange: Exchange) -> Any:
            wanted = Search(dn, self.scope, filter_.bound(given), self.wanted, self.limit)
            return [_shown(entry) for entry in await directory.search(wanted)]

        return search

    async def _compare(self, directory: Directory, dn: str, given: dict[str, Any], exchange: Exchange) -> Any:
        assert self.value is not None  # noqa: S101 -- `check` has seen to it
        return await directory.compare(dn, self.attribute, _value(self.attribute, self.value.evaluate(exchange)))

    async def _bind(self, directory: Directory, dn: str, given: dict[str, Any], exchange: Exchange) -> Any:
        password = self.password.text(exchange) if self.password is not None else ""
        return await directory.bind(dn, password)

    async def _add(self, directory: Directory, dn: str, given: dict[str, Any], exchange: Exchange) -> Any:
        attributes = _attributes(self.entry.evaluate(exchange) if self.entry is not None else {})
        await directory.add(dn, {name: values for name, values in attributes.items() if values})
        return {"dn": dn}

    async def _modify(self, directory: Directory, dn: str, given: dict[str, Any], exchange: Exchange) -> Any:
        changes = self.changes.evaluate(exchange) if self.changes is not None else {}
        await directory.modify(dn, {kind: _attributes(each) for kind, each in changes.items()})
        return {"dn": dn}

    async def _delete(self, directory: Directory, dn: str, given: dict[str, Any], exchange: Exchange) -> Any:
        await directory.delete(dn)
        return {"dn": dn}


def _shown(entry: Entry) -> dict[str, Any]:
    attributes = {name: [plain(value) for value in values] for name, values in entry.attributes.items()}
    return {"dn": entry.dn, "attributes": attributes}


def _checked(element: Any) -> Iterator[tuple[str, str]]:
    operation = element.operation
    for name in {each for takes in _TAKES.values() for each in takes} & element.places.keys():
        if name not in _TAKES[operation]:
            yield name, f"`{operation}` has no `{name}`"
    for name in _NEEDS.get(operation, ()):
        if not getattr(element, name):
            yield "operation", f"`{operation}` needs `{name}`"
    if not element.dn and operation != "search":
        yield "operation", f"`{operation}` needs `dn`"
    named: set[str] = {found["name"] for found in PARAMETER.finditer(element.dn)}
    for name, text in (("dn", element.dn), ("filter", element.filter)):
        if "${" in text:
            advice = "write :name, and give the value in `parameters`"
            yield name, f"`${{}}` in `{name}` would let a message write it: {advice}"
            return
    if element.filter:
        try:
            named |= Filter(element.filter).names
        except FilterError as error:
            yield "filter", f"this is no filter such as (uid=:user): {error}"
            return
    yield from _checked_names(element, named)
    if element.attribute and not _ATTRIBUTE.fullmatch(element.attribute):
        yield "attribute", f"{element.attribute!r} is no name of an attribute"
    for name in ("entry", "changes"):
        template = getattr(element, name)
        for problem in _written(name, template.written if template is not None else {}):
            yield name, problem


def _checked_names(element: Any, named: set[str]) -> Iterator[tuple[str, str]]:
    if element.dn and not PARAMETER.fullmatch(element.dn):
        try:
            parse_name(PARAMETER.sub("x", element.dn))
        except FlowError:
            yield "dn", f"{element.dn[:200]!r} is no name of an entry, such as uid=:user,dc=example,dc=com"
    for each in sorted(named - element.parameters.keys()):
        yield "parameters", f"`parameters` lacks `{each}`"
    for each in sorted(element.parameters.keys() - named):
        yield "parameters", f"neither `dn` nor `filter` has a parameter `:{each}`"
    for each in element.wanted:
        if each != "*" and each != "+" and not _ATTRIBUTE.fullmatch(each):
            yield "attributes", f"{each!r} is no name of an attribute"


def _written(name: str, written: Any) -> Iterator[str]:
    """What is wrong with the attributes that an author names."""
    if name == "changes" and written:
        for kind, attributes in written.items():
            if kind not in ("replace", "add", "delete"):
                yield f"`changes` has `replace`, `add` and `delete`, and no {kind!r}"
            elif not isinstance(attributes, dict):
                yield f"`{kind}` is an object of attributes"
            else:
                yield from _written("entry", attributes)
        return
    for each in written:
        if not _ATTRIBUTE.fullmatch(each):
            yield f"{each[:100]!r} is no name of an attribute"


def _attributes(given: Any) -> Values:
    made: Values = {}
    for name, value in given.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        made[name] = [_value(name, each) for each in values]
    return made


def _value(name: str, value: Any) -> bytes:
    """A value as a directory has it.

    Raises:
        FlowError: `connector.ldap.value`.
    """
    if isinstance(value, bool):
        return b"TRUE" if value else b"FALSE"
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    try:
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, int | float):
            return msgspec.json.encode(value)
    except UnicodeEncodeError:
        pass
    raise FlowError("connector.ldap.value", f"a value of `{name}` is neither text, number, boolean nor bytes")
