from collections.abc import Callable
from typing import Any

from airdock.connectors.smtp.addresses import MOST, Address, address, addresses
from airdock.connectors.smtp.connection import Mailer, SmtpConnection
from airdock.connectors.smtp.message import HEADER_NAME, OWN_HEADERS, Mail, attached, envelope
from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.connection import Link
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import TEXT_TEMPLATE, MapOf, Module
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep

_WHO = TemplateKind(types=("string", "array"))


class MailStep(ProducingStep):
    """Sends a mail.

    A text in `to`, `cc`, `bcc`, `replyTo` is one address, `ann@example.com` or `Ann <ann@example.com>`; several are a
    list. A comma in a text makes no second recipient, and a line break no header, so that a message cannot add any.

    `html` is a text of the author's, or one expression as a whole: the step `template` makes a page in which what the
    message holds is escaped, and leaves it in a property. With `text` beside it the reader's program chooses. Each of
    `attachments` is an object with `content` (bytes, a text, or a value that is sent as JSON), `filename`,
    `contentType`; with `cid` it is a picture that the HTML shows: `<img src="cid:logo">`.

    The result is an object: `messageId`, `accepted` (addresses), and `refused`, which tells by address in what words
    the server does not take the mail for it. If it takes it for nobody, the step fails: `connector.mail.rejected`, or
    `connector.mail.deferred` if another attempt later may succeed. That a mail was taken does not say that it arrived.
    """

    type = "mail"
    group = "connectors"
    waits = True
    repeatable = False
    example = {
        "type": "mail",
        "connection": "/shop/mail.connection",
        "to": "${body.email}",
        "subject": "Order ${body.id}",
        "text": "Thank you, ${body.name}.",
        "result": "mail",
    }

    connection: str = field(
        Module((".connection",)), "The `smtp` connection.", default=REQUIRED, example="/shop/mail.connection"
    )
    from_: Template | None = field(
        TEXT_TEMPLATE, "The sender; the connection's if left out.", name="from", example="Shop <shop@example.com>"
    )
    to: Template | None = field(_WHO, "Recipients.", example=["${body.email}", "orders@example.com"])
    cc: Template | None = field(_WHO, "Recipients of a copy.", example="Ann <ann@example.com>")
    bcc: Template | None = field(_WHO, "Recipients of a copy whom the others do not see.", example="log@example.com")
    reply_to: Template | None = field(_WHO, "Where answers go.", example="help@example.com")
    subject: Template | None = field(
        TEXT_TEMPLATE, "The subject; line breaks become blanks.", example="Order ${body.id}"
    )
    text: Template | None = field(TEXT_TEMPLATE, "The mail as plain text.", example="Thank you, ${body.name}.")
    html: Template | None = field(
        TEXT_TEMPLATE, "The mail as HTML: a text without expressions, or one expression.", example="${properties.page}"
    )
    attachments: Template | None = field(
        TemplateKind(types=("string", "array")),
        "Files that go with it.",
        example=[{"filename": "invoice.pdf", "contentType": "application/pdf", "content": "${properties.invoice}"}],
    )
    headers: dict[str, Template] = field(
        MapOf(TEXT_TEMPLATE), "Further headers.", default={}, example={"In-Reply-To": "${properties.answered}"}
    )

    @property
    def reaches(self) -> Outside | None:
        to = self.to

        def address(exchange: Exchange) -> str:
            value = to.evaluate(exchange) if to is not None else None
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")

        return Outside(self.connection, address)

    def compile(self, compiler: Compiler) -> Compiled:
        link = compiler.connection(self.connection, (SmtpConnection,), self.place_of("connection"))
        store, bcc, now = self.store(), _people(self.bcc), compiler.clock.now
        compose = self._composer()

        async def mail(exchange: Exchange) -> None:
            content, hidden = compose(exchange, link), bcc(exchange)
            count = len(content.to) + len(content.cc) + len(hidden)
            if not 1 <= count <= MOST:
                message = f"a mail has 1 to {MOST} recipients, not {count}"
                raise FlowError("connector.mail.address", message)
            sent = envelope(content, hidden, now())
            async with link.use() as client:
                mailer: Mailer = client
                refused = await mailer.send(sent)
            accepted = [each.address for each in sent.recipients if each.address not in refused]
            store(exchange, {"messageId": sent.message_id, "accepted": accepted, "refused": refused})

        return mail

    def _composer(self) -> Callable[[Exchange, Link], Mail]:
        to, cc, reply_to = _people(self.to), _people(self.cc), _people(self.reply_to)
        sender, subject, text, html = _text(self.from_), _text(self.subject), _text(self.text), _text(self.html)
        files = self.attachments.evaluate if self.attachments is not None else lambda exchange: None
        headers = [(name, each.text) for name, each in self.headers.items()]

        def compose(exchange: Exchange, link: Link) -> Mail:
            written = sender(exchange) or getattr(link.connection, "from_", "")
            if not written:
                raise FlowError(
                    "connector.mail.address", "the mail has no sender: give `from`, here or in the connection"
                )
            return Mail(
                address(written),
                to(exchange),
                cc(exchange),
                reply_to(exchange),
                subject(exchange) or "",
                text(exchange),
                html(exchange),
                attached(files(exchange)),
                {name: value(exchange) for name, value in headers},
            )

        return compose

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        for name in ("to", "cc", "bcc", "reply_to", "from_"):
            template = getattr(element, name)
            if template is not None and template.constant:
                try:
                    addresses(template.value)
                except FlowError as error:
                    broken.append(("replyTo" if name == "reply_to" else name.rstrip("_"), error.message))
        if not (element.to or element.cc or element.bcc):
            broken.append(("", "a mail needs a recipient: give `to`, `cc` or `bcc`"))
        if element.html is not None and not element.html.constant and not _is_whole(element.html):
            broken.append(
                ("html", "what `${}` puts into HTML is not escaped: make the page by a `template` step, in a property")
            )
        for name in element.headers:
            if not HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS or name.lower().startswith("content-"):
                broken.append(("headers", f"{name!r} cannot be set here: it is no header's name, or a field says it"))
        return broken


def _people(template: Template | None) -> Callable[[Exchange], list[Address]]:
    return (lambda exchange: []) if template is None else lambda exchange: addresses(template.evaluate(exchange))


def _text(template: Template | None) -> Callable[[Exchange], str | None]:
    return (lambda exchange: None) if template is None else template.text


def _is_whole(template: Template) -> bool:
    """Whether a template is one expression and nothing else."""
    return len(template.expressions) == 1 and template.evaluate == template.expressions[0].evaluate
