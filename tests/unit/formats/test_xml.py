import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.formats.format import TooLargeError
from airdock.formats.xml import XmlReading
from airdock.formats.xml_writing import XmlWriting
from tests.unit.formats.use import content_type, read, unreadable, unwritable, write

NAMES = st.sampled_from(["a", "b", "soap:Body", "_x-1.y", "ä"])
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10).map(str.strip)
ELEMENTS = st.recursive(
    st.none() | TEXTS.filter(bool),
    lambda inner: st.dictionaries(
        NAMES | st.sampled_from(["@id", "@b"]).map(str), inner | st.lists(inner, min_size=2, max_size=3), min_size=1
    ).map(lambda fields: {k: (v if not k.startswith("@") else 'x<&\n"y') for k, v in fields.items()}),
    max_leaves=12,
)


@given(NAMES, ELEMENTS, st.sampled_from([0, 2]), st.sampled_from(["", "utf-8", "iso-8859-1", "utf-16"]))
def test_what_is_written_is_read_back(name: str, value: Any, indent: int, charset: str) -> None:
    written = write(XmlWriting(indent=indent, charset=charset), {name: value})
    assert read(XmlReading(), written) == {name: value}


def test_the_mapping() -> None:
    xml = """<?xml version="1.0"?>
        <!-- an order --><order id="7" xmlns:x="urn:x">
          <item sku="a">Tea</item><item>Salt &amp; <![CDATA[<pepper>]]></item>
          <x:note> two
            lines </x:note><empty/><none></none>text</order>"""
    assert read(XmlReading(), xml) == {
        "order": {
            "@id": "7",
            "@xmlns:x": "urn:x",
            "item": [{"@sku": "a", "#text": "Tea"}, "Salt & <pepper>"],
            "x:note": "two\n            lines",
            "empty": None,
            "none": None,
            "#text": "text",
        }
    }


def test_other_names_and_lists() -> None:
    options = XmlReading(attribute_prefix="", text_name="value", lists=["item"])
    assert read(options, '<o><item n="1">x</item></o>') == {"o": {"item": [{"n": "1", "value": "x"}]}}
    assert read(XmlReading(strip=False), "<o> <a> x </a>\n</o>") == {"o": {"a": " x "}}


def test_namespaces() -> None:
    xml = '<s:E xmlns:s="urn:soap" xmlns="urn:o" s:k="1"><B q="2" /><z:C xmlns:z="urn:z"/></s:E>'
    assert read(XmlReading(namespaces="strip"), xml) == {"E": {"@k": "1", "B": {"@q": "2"}, "C": None}}
    known = XmlReading(prefixes={"soap": "urn:soap", "": "urn:o"})
    assert read(known, xml) == {"soap:E": {"@soap:k": "1", "B": {"@q": "2"}, "{urn:z}C": None}}


@pytest.mark.parametrize(
    ("data", "type", "charset"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode("latin-1"), "", ""),
        ("<a>ä</a>".encode("latin-1"), "text/xml; charset=iso-8859-1", ""),
        ('<?xml version="1.0" encoding="utf-8"?><a>ä</a>'.encode("latin-1"), "", "iso-8859-1"),
        ("<a>ä</a>".encode("utf-8-sig"), "text/xml; charset=utf-8", ""),
        ("<a>ä</a>".encode("utf-16"), "", ""),
        ('<?xml version="1.0" encoding="utf-16"?><a>ä</a>', "", ""),
        ('<?xml version="1.0" encoding="windows-1252"?><a>ä</a>'.encode("cp1252"), "", ""),
    ],
)
def test_character_sets(data: str | bytes, type: str, charset: str) -> None:
    assert read(XmlReading(charset=charset), data, type) == {"a": "ä"}


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("", "line 1, column 1: no element found"),
        ("<a>\n  <b></a>", "line 2, column 8: mismatched tag"),
        ("<a/><b/>", "line 1, column 5: junk after document element"),
        ("<a x='1' x='2'/>", "duplicate attribute"),
        ("<a>&nbsp;</a>", "undefined entity"),
        ("<a>\x01</a>", "not well-formed"),
        ("<a>&#0;</a>", "reference to invalid character number"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "unknown encoding"),
        (b"<a>\xff</a>", "not well-formed"),
    ],
)
def test_an_error_names_the_place(xml: str | bytes, message: str) -> None:
    assert message in unreadable(XmlReading(), xml)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/a.dtd"> %x;]>',
        '<!DOCTYPE a [<!ENTITY a "'
        + "x" * 100
        + '">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
        + "]>",
    ],
)
def test_document_types_are_refused(doctype: str) -> None:
    assert "document type declaration" in unreadable(XmlReading(), f"{doctype}<a>&x;</a>")


@pytest.mark.parametrize("depth", [51, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    xml = "<a>" * depth + "</a>" * depth
    assert "line 1, column 154: elements are nested deeper" in unreadable(
        XmlReading(max_depth=50), xml, error=TooLargeError
    )
    assert read(XmlReading(max_depth=50), "<a>" * 50 + "</a>" * 50)


def test_layout_and_names_of_roots() -> None:
    rows = [{"@id": 1, "ok": True}, {"@id": None, "price": 1.5, "none": None}]
    assert write(XmlWriting(root="orders", item="order", indent=2), rows) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<orders>\n  <order id="1">\n    <ok>true</ok>\n  </order>\n'
        "  <order>\n    <price>1.5</price>\n    <none/>\n  </order>\n</orders>"
    )
    assert write(XmlWriting(root="n", declaration=False), "a<b") == "<n>a&lt;b</n>"
    assert write(XmlWriting(declaration=False), {"a": {"#text": "x", "b": "y"}}) == "<a>x<b>y</b></a>"
    assert write(XmlWriting(declaration=False, indent=2, root="a"), []) == "<a/>"
    assert content_type(XmlWriting(), {"a": 1}) == "application/xml"
    assert content_type(XmlWriting(charset="utf-16"), {"a": 1}) == "application/xml; charset=utf-16"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1], "one root element, but this is a list"),
        ({"a": 1, "b": 2}, "an object with 2 names"),
        ({}, "an object with 0 names"),
        ({"a": [1, 2]}, "'a' is a list"),
        ({"a b": 1}, "'a b' cannot be the name of an element"),
        ({"a": {"1": 1}}, "'1' cannot be the name"),
        ({"a": {"x><y": 1}}, "cannot be the name"),
        ({"a": {"@x y": 1}}, "'x y' cannot be the name of an attribute of 'a'"),
        ({"a": {"@x": {}}}, "the text of 'a/@x' is an object"),
        ({"a": {"b": [[1]]}}, "'b' is a list in a list"),
        ({"a": "x\x00"}, "U+0000, which XML forbids"),
        ({"a": "\ud800"}, "U+D800"),
        ({"a": b"x"}, "the text of 'a' is bytes"),
        ({"a": object()}, "cannot stand in XML"),
    ],
)
def test_what_xml_cannot_hold(value: Any, message: str) -> None:
    assert message in unwritable(XmlWriting(), value)


def test_a_value_without_an_end_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = loop
    assert "nested deeper than 200" in unwritable(XmlWriting(), loop)
    assert write(XmlWriting(declaration=False), {"a": math.inf}) == "<a>null</a>"


def test_rules_between_options() -> None:
    assert XmlReading.check(XmlReading(namespaces="strip", prefixes={"a": "urn:a"}))[0][0] == "prefixes"
    assert XmlWriting.check(XmlWriting(root="a b"))[0][0] == "root"
    assert XmlWriting.check(XmlWriting(item="<"))[0][0] == "item"
