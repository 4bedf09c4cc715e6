"""A SOAP service for tests, in their own process."""

import asyncio
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from aiohttp import web

from airdock.connectors.soap.fake import FakeSoap
from airdock.errors import FlowError

WSDL = """<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/{SOAP}/"
    xmlns:t="urn:prices" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:prices" name="Prices">
  <types>
    <xs:schema targetNamespace="urn:prices" elementFormDefault="qualified">
      <xs:include schemaLocation="parts/tier.xsd"/>
      <xs:element name="GetPrice"><xs:complexType><xs:sequence>
        <xs:element name="sku" type="xs:string"/>
        <xs:element name="quantity" type="xs:int" minOccurs="0"/>
        <xs:element name="on" type="xs:date" minOccurs="0"/>
        <xs:element name="picture" type="xs:base64Binary" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element>
      <xs:element name="GetPriceResponse"><xs:complexType><xs:sequence>
        <xs:element name="price"><xs:complexType><xs:sequence>
          <xs:element name="amount" type="xs:decimal"/>
          <xs:element name="until" type="xs:dateTime"/>
          <xs:element name="open" type="xs:boolean"/>
          <xs:element name="picture" type="xs:base64Binary" minOccurs="0"/>
          <xs:element name="tier" type="t:Tier" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence><xs:attribute name="currency" type="xs:string"/></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </types>
  <message name="GetPrice"><part name="parameters" element="t:GetPrice"/></message>
  <message name="GetPriceResponse"><part name="parameters" element="t:GetPriceResponse"/></message>
  <portType name="Prices"><operation name="GetPrice">
    <input message="t:GetPrice"/><output message="t:GetPriceResponse"/>
  </operation></portType>
  <binding name="Prices" type="t:Prices">
    <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="GetPrice"><soap:operation soapAction="urn:prices/GetPrice"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output>
    </operation>
  </binding>
  <service name="Prices"><port name="Main" binding="t:Prices"><soap:address location="{ADDRESS}"/></port></service>
</definitions>"""
TIER = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="urn:prices" elementFormDefault="qualified">
  <xs:complexType name="Tier"><xs:sequence>
    <xs:element name="from" type="xs:int"/><xs:element name="amount" type="xs:decimal"/>
  </xs:sequence></xs:complexType>
</xs:schema>"""
ENVELOPES = {
    "soap": "http://schemas.xmlsoap.org/soap/envelope/",
    "soap12": "http://www.w3.org/2003/05/soap-envelope",
}
PRICE = """<GetPriceResponse xmlns="urn:prices"><price currency="EUR"><amount>{AMOUNT}</amount>
<until>2026-01-15T10:00:00Z</until><open>true</open>{REST}</price></GetPriceResponse>"""
FOUND = {
    "currency": "EUR",
    "amount": 9.95,
    "until": "2026-01-15T10:00:00+00:00",
    "open": True,
    "picture": None,
    "tier": [{"from": 10, "amount": 9}, {"from": 100, "amount": 8.5}],
}
_TIERS = "".join(f"<tier><from>{n}</from><amount>{a}</amount></tier>" for n, a in ((10, "9.00"), (100, "8.50")))


def wsdl(address: str, soap: str = "soap") -> str:
    return WSDL.replace("{SOAP}", soap).replace("{ADDRESS}", address)


def files(address: str, soap: str = "soap") -> dict[str, bytes]:
    """The WSDL as files of a project."""
    return {"p/prices.wsdl": wsdl(address, soap).encode(), "p/parts/tier.xsd": TIER.encode()}


class Prices:
    """The service. What it answers depends on the item: `none` is a fault, others are in `answers`.

    Attributes:
        soap: `soap` or `soap12`. requests: The headers and the envelope of each call.
        answers: By item, a status, a content type and a text. waiting: Calls that wait.
    """

    def __init__(self) -> None:
        self.soap = "soap"
        self.requests: list[tuple[Any, Any]] = []
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.waiting = 0
        self.location = ""
        self.port = 0
        self._runner: Any = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/prices"

    @property
    def files(self) -> dict[str, bytes]:
        return files(self.location or self.address, self.soap)

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_get("/prices", self._describe)
        app.router.add_get("/parts/tier.xsd", self._tier)
        app.router.add_post("/prices", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _describe(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files["p/prices.wsdl"], content_type="text/xml")

    async def _tier(self, request: web.Request) -> web.Response:
        return web.Response(text=TIER, content_type="text/xml")

    async def _answer(self, request: web.Request) -> web.Response:
        envelope = ElementTree.fromstring(await request.read())
        self.requests.append((request.headers, envelope))
        sku = envelope.findtext(".//{urn:prices}sku")
        if sku == "slow":
            self.waiting += 1
            try:
                await asyncio.Event().wait()
            finally:
                self.waiting -= 1
        kind = "text/xml" if self.soap == "soap" else "application/soap+xml"
        status, kind, text = self.answers.get(sku or "", (200, kind, PRICE))
        if sku == "none":
            status, text = 500, self._fault()
        picture = envelope.findtext(".//{urn:prices}picture")
        rest = (f"<picture>{picture}</picture>" if picture else "") + _TIERS
        text = text.replace("{AMOUNT}", "9.95").replace("{REST}", rest)
        if "Envelope" not in text and "xml" in kind:
            text = f'<e:Envelope xmlns:e="{ENVELOPES[self.soap]}"><e:Body>{text}</e:Body></e:Envelope>'
        return web.Response(status=status, text=text, content_type=kind)

    def _fault(self) -> str:
        detail = '<NoPrice xmlns="urn:prices"><sku>none</sku><near>tea</near><near>pot</near></NoPrice>'
        if self.soap == "soap":
            return (
                "<e:Fault><faultcode>e:Client</faultcode><faultstring>no such item</faultstring>"
                f"<detail>{detail}</detail></e:Fault>"
            )
        return (
            "<e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason>"
            f'<e:Text xml:lang="en">no such item</e:Text></e:Reason><e:Detail>{detail}</e:Detail></e:Fault>'
        )


DETAIL = {"NoPrice": {"sku": "none", "near": ["tea", "pot"]}}


def fake_prices() -> FakeSoap:
    """The same in memory."""

    def get_price(arguments: Any) -> Any:
        if arguments["sku"] == "none":
            details = {"faultCode": "Client", "detail": DETAIL}
            raise FlowError("connector.soap.fault", "GetPrice ended with a fault: no such item", details=details)
        return FOUND

    fake = FakeSoap()
    fake.answer("GetPrice", get_price)
    return fake


Until = Callable[[Callable[[], Any]], Any]
