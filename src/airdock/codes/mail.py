"""Codes of mail."""

from airdock.codes.code import ErrorCode

MAIL: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.mail.address",
        "Something is no mail address, or a mail has no sender, no recipient, or too many.",
        "Write `ann@example.com` or `Ann <ann@example.com>`; several are a list, one text each.",
    ),
    ErrorCode(
        "connector.mail.notAllowed",
        "A mail is for a domain to which its connection does not send.",
        "If it should, add the domain to `allow` of the connection.",
    ),
    ErrorCode(
        "connector.mail.attachment",
        "An attachment is not described as it must be.",
        "Give objects with `content`, and `filename` and `contentType` such as `image/png`.",
    ),
    ErrorCode(
        "connector.mail.tooLarge",
        "A mail is larger than its connection sends.",
        "Send less, or raise `maxSize` of the connection, if the server takes more.",
    ),
    ErrorCode(
        "connector.mail.rejected",
        "The mail server does not take a mail, for any of its recipients.",
        "The message has the server's own words; another attempt will end the same.",
        502,
    ),
    ErrorCode(
        "connector.mail.deferred",
        "The mail server does not take a mail just now.",
        "Try again later: a `retry` with a delay of minutes.",
        503,
    ),
    ErrorCode(
        "connector.imap.folder",
        "A folder of a mailbox cannot be opened: it is not there, or can only be read.",
        "Name a folder as the server writes it, such as `INBOX/Orders`, in which mails may be marked.",
        502,
    ),
    ErrorCode(
        "connector.imap.rejected",
        "A mail server does not do what a listener needs: search, fetch, mark or move mails.",
        "The message has the server's own words.",
        502,
    ),
    ErrorCode(
        "connector.imap.response",
        "What answers is no mail server, or says more than is taken.",
        "Look whether `host`, `port` and `security` of the connection are those of IMAP.",
        502,
    ),
)
