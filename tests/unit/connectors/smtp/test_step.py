from typing import Any

import pytest

from airdock.testing import FlowClient
from tests.unit.connectors.opening import ConnectedFlows
from tests.unit.connectors.smtp.office import Office
from tests.unit.flows import Flows


def mail(**fields: Any) -> dict[str, Any]:
    return {"type": "mail", "connection": "/p/mail.connection", "to": "bob@x.com", **fields}


def connect(flows: Flows, port: int = 25, **fields: Any) -> None:
    server = {"type": "smtp", "host": "127.0.0.1", "port": port, "security": "none", "from": "shop@x.com"}
    flows.write("p/mail.connection", {**server, **fields})


async def test_a_mail_from_a_message(connected: ConnectedFlows, office: Office) -> None:
    connect(connected, office.port)
    page = {"type": "template", "template": "<b>{{ body.name }}</b>", "contentType": "text/html", "result": "page"}
    step = mail(
        to=["${body.email}", "log@x.com"],
        cc="Carl <carl@x.com>",
        bcc="${body.hidden}",
        replyTo="help@x.com",
        subject="Order ${body.id}",
        text="Dear ${body.name}",
        html="${properties.page}",
        headers={"X-Order": "${body.id}"},
        attachments=[{"filename": "order.json", "contentType": "application/json", "content": "${body}"}],
    )
    order = {"id": 7, "name": "<Ann>", "email": "Ann <ann@x.com>", "hidden": ["d@x.com", "e@x.com"]}
    result = (await connected.run([page, step], "POST", json=order)).json()
    (envelope,), (sent,) = office.got, office.mails
    everyone = ["ann@x.com", "log@x.com", "carl@x.com", "d@x.com", "e@x.com"]
    assert (envelope.mail_from, envelope.rcpt_tos) == ("shop@x.com", everyone)
    assert result == {"messageId": sent["message-id"], "accepted": everyone, "refused": {}}
    assert (sent["subject"], sent["x-order"], sent["reply-to"]) == ("Order 7", "7", "help@x.com")
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert html is not None
    assert (text.get_content().strip(), html.get_content().strip()) == ("Dear <Ann>", "<b>&lt;Ann&gt;</b>")
    (file,) = sent.iter_attachments()
    assert file.get_filename() == "order.json"
    assert b'"id":7' in file.get_content()


async def test_files_of_a_form_go_with_it(connected: ConnectedFlows, office: Office) -> None:
    connect(connected, office.port)
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/x-thing'
    content = part + b"\r\n\r\n\x00\xff\r\n--b--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=b"}
    await connected.run([mail(attachments=["${request.form.file}"])], "POST", content=content, headers=headers)
    (file,) = office.mails[0].iter_attachments()
    assert (file.get_filename(), file.get_content(), file.get_content_type()) == (
        "a.bin",
        b"\x00\xff",
        "application/x-thing",
    )


async def test_a_message_adds_no_recipient_and_no_header(connected: ConnectedFlows, office: Office) -> None:
    connect(connected, office.port)
    for to in ("a@x.com, b@x.com", "a@x.com\r\nRCPT TO:<b@x.com>", "a@x.com\nBcc: b@x.com", "", None, {"a": 1}, 7):
        result = await connected.run([mail(to="${body.to}")], "POST", json={"to": to})
        assert result.json()["code"] == "connector.mail.address", to
    assert office.got == []
    subject = "x\r\nBcc: b@x.com\r\n\r\nbody"
    await connected.run([mail(subject="${body.s}", headers={"X-A": "${body.s}"})], "POST", json={"s": subject})
    (sent,) = office.mails
    assert (sent["bcc"], sent["subject"]) == (None, "x Bcc: b@x.com body")
    assert office.got[0].rcpt_tos == ["bob@x.com"]


async def test_domains_that_the_connection_does_not_allow(connected: ConnectedFlows, office: Office) -> None:
    connect(connected, office.port, allow=["y.com"])
    assert (await connected.run([mail()])).json()["code"] == "connector.mail.notAllowed"


async def test_no_sender_and_too_many_recipients(connected: ConnectedFlows, office: Office) -> None:
    connect(connected, office.port, **{"from": ""})
    assert "has no sender" in (await connected.run([mail()])).json()["detail"]
    people = [f"p{number}@x.com" for number in range(201)]
    result = await connected.run([mail(to="${body}", **{"from": "a@x.com"})], "POST", json=people)
    assert "1 to 200 recipients" in result.json()["detail"]


async def test_a_server_that_is_away(connected: ConnectedFlows) -> None:
    connect(connected, 1)
    result = await connected.run([mail()])
    assert (result.status, result.json()["code"]) == (502, "connector.unavailable")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"to": None}, "needs a recipient"),
        ({"to": "a@x.com, b@x.com"}, "several are written as a list"),
        ({"replyTo": "nobody"}, "'nobody' is no mail address"),
        ({"html": "<b>${body.name}</b>"}, "not escaped"),
        ({"headers": {"Bcc": "a@x.com"}}, "'Bcc' cannot be set here"),
        ({"headers": {"Content-Type": "x"}}, "cannot be set here"),
        ({"headers": {"A B": "x"}}, "cannot be set here"),
    ],
)
def test_what_is_refused(flows: Flows, fields: dict[str, Any], told: str) -> None:
    connect(flows)
    step = {name: value for name, value in mail(**fields).items() if value is not None}
    assert told in "\n".join(flows.problems([step]))


async def test_tests_of_flows_put_a_mock_in_its_place(flows: Flows) -> None:
    connect(flows)
    flows.write("p/f.flow", {"steps": [mail(to=["bob@x.com", "c@x.com"])]})
    for target in ({"connection": "mail"}, {"address": "bob@x.com, *"}):
        client = FlowClient(flows.folder, mocks=[{**target, "reply": {"body": {"messageId": "<1>"}}}])
        assert (await client.call("GET", "p/f.flow")).json() == {"messageId": "<1>"}
