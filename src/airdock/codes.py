"""The codes of errors: what each means and the next move. Each is declared once, here.

The reference page of error codes is made from `CODES`.
"""

import msgspec


class ErrorCode(msgspec.Struct, frozen=True):
    """What a code means and what to do about it.

    Attributes:
        code: Stable name, `area.detail` in lower case; what `on` of a `catch` is matched with.
        meaning: One sentence.
        advice: The next move.
        status: What an HTTP caller gets when nobody handles an error of this code.
    """

    code: str
    meaning: str
    advice: str
    status: int = 500


def _declare(*codes: ErrorCode) -> dict[str, ErrorCode]:
    return {code.code: code for code in codes}


CODES: dict[str, ErrorCode] = _declare(
    # Reading descriptors.
    ErrorCode("descriptor.syntax", "The file is not well-formed JSON or YAML.", "Mend the text at the place named."),
    ErrorCode("descriptor.encoding", "The file is not UTF-8 text.", "Save it as UTF-8."),
    ErrorCode("descriptor.type", "A value has the wrong type.", "Write a value of the type named."),
    ErrorCode("descriptor.value", "A value is outside what the field accepts.", "Use one of the values named."),
    ErrorCode("descriptor.unknownField", "A field has a name that this element does not have.", "Use a name listed."),
    ErrorCode("descriptor.unknownStep", "A step has a type that is not installed.", "`airdock steps` lists them."),
    ErrorCode("descriptor.missingField", "A field that must be there is missing.", "Add the field."),
    ErrorCode("descriptor.duplicate", "A name that must be unique is used twice.", "Rename one of the two."),
    ErrorCode("descriptor.unreadable", "The file cannot be read.", "Look at its owner, its mode and where it leads."),
    ErrorCode("descriptor.tooLarge", "The file is larger or nested deeper than allowed.", "Split it into sub-flows."),
    ErrorCode("descriptor.conflict", "Two fields exclude each other, or two files claim one address.", "Keep one."),
    ErrorCode(
        "descriptor.reference",
        "A module or flow that is named does not exist.",
        "Check the path; it begins with the project.",
    ),
    ErrorCode(
        "descriptor.secret",
        "A secret that is named is not there, or is not written as it must be.",
        "`airdock secrets set NAME` sets it.",
    ),
    ErrorCode("descriptor.script", "A script module cannot be loaded.", "Mend the module at the place named."),
    # Expressions.
    ErrorCode(
        "expression.syntax", "An expression does not compile.", "Mend it at the place named; see the expressions page."
    ),
    ErrorCode(
        "expression.type",
        "An expression met a value of a type that it cannot work on.",
        "Test the value first, or convert it.",
    ),
    ErrorCode(
        "expression.limit",
        "An expression ran too long, too deep or made too large a value.",
        "Make it smaller, or use a script.",
    ),
    # Steps.
    ErrorCode(
        "step.timeout", "A step ran longer than its `timeout`.", "Raise the timeout or make the step faster.", 504
    ),
    ErrorCode(
        "step.value", "A value that a step computed cannot be used.", "Correct the expression of the field named."
    ),
    ErrorCode("step.failed", "A step failed in a way that has no code of its own.", "The run's record has the cause."),
    ErrorCode(
        "flow.timeout", "The flow ran longer than its `timeout`.", "Raise the timeout or make the flow faster.", 504
    ),
    ErrorCode(
        "flow.depth",
        "Sub-flows are nested deeper or called more often than allowed; most often a flow calls itself without end.",
        "Give the recursion an end.",
    ),
    ErrorCode("flow.missing", "A sub-flow named by path is not enabled.", "Publish it, or correct the path."),
    ErrorCode("flow.cancelled", "The run was cut off before it ended.", "Run it again."),
    ErrorCode("script.error", "A script raised an error.", "Its message and line are in the run's record."),
    ErrorCode("script.timeout", "A script ran longer than allowed.", "Make it shorter, or raise its `timeout`.", 504),
    ErrorCode("script.memory", "A script used more memory than allowed.", "Work on smaller pieces."),
    ErrorCode(
        "script.module",
        "A module that a script requires does not exist.",
        "Check the path; it begins with the project.",
    ),
    ErrorCode(
        "script.result",
        "A script returned what cannot be carried on.",
        "Return text, bytes, or a value that JSON can hold.",
    ),
    ErrorCode("script.busy", "Too many scripts run at once.", "Try again; raise the limit of scripts.", 503),
    ErrorCode(
        "messaging.unavailable",
        "The script asked for messages and no message hub is running.",
        "Run a hub, or leave messaging out.",
    ),
    # Requests.
    ErrorCode("request.body", "The body does not fit its content type.", "Send a body that does.", 400),
    ErrorCode("request.schema", "The body does not fit the flow's `input` schema.", "Correct the fields named.", 400),
    ErrorCode("request.tooLarge", "The body is larger than allowed.", "Send less, or raise `--max-body`.", 413),
    ErrorCode("request.incomplete", "The body was cut off.", "Send it again, whole.", 400),
    ErrorCode("request.path", "The address holds what no address may hold.", "Correct the address.", 400),
    ErrorCode(
        "request.query", "The query or the form has more parameters than allowed.", "Send fewer, or a JSON body.", 400
    ),
    ErrorCode("request.encoding", "The body's `Content-Encoding` is not accepted.", "Send gzip, deflate or none.", 415),
    ErrorCode("request.method", "The flow does not answer this method.", "Use one that `Allow` lists.", 405),
    ErrorCode("request.notFound", "No flow answers at this address.", "`airdock run` lists the addresses.", 404),
    ErrorCode("request.unauthorized", "The address is for signed-in callers.", "Sign in.", 401),
    ErrorCode("request.forbidden", "The caller has none of the roles that the address asks for.", "Ask for one.", 403),
    ErrorCode("request.signature", "The signature is missing or not good.", "Sign the body with the secret.", 401),
    ErrorCode("request.replayed", "A request with this signature came already.", "Sign a new request.", 409),
    ErrorCode("request.rateLimited", "Too many calls came.", "Call again after `Retry-After` seconds.", 429),
    ErrorCode("request.busy", "Too many requests are in flight.", "Try again a little later.", 503),
    # The management API.
    ErrorCode(
        "request.value", "A parameter of the request has a value that it cannot have.", "Correct those named.", 400
    ),
    ErrorCode("request.host", "The address was asked for by a name that is not this machine's.", "Use localhost.", 421),
    ErrorCode("request.origin", "A page from elsewhere asked.", "Ask from a page of this machine.", 403),
    ErrorCode("request.csrf", "A change came without the session's token.", "Send it as `X-CSRF-Token`.", 403),
    ErrorCode("request.mediaType", "The body has a type that is not accepted.", "Send the type that is named.", 415),
    ErrorCode("request.unconditional", "The file exists and nothing says that it was read.", "Send `If-Match`.", 428),
    ErrorCode("run.missing", "No such run is known.", "`airdock runs` lists them.", 404),
    ErrorCode("run.ended", "The run has ended already.", "`airdock runs show` tells how.", 409),
    ErrorCode("run.notRetriable", "The run cannot be retried.", "The detail says why; send what it got again.", 409),
    ErrorCode("runlog.unreadable", "The run log cannot be read.", "The detail says why; see the run log's page.", 503),
    # The database.
    ErrorCode("database.unavailable", "The database cannot be reached or used.", "The detail says why.", 503),
    ErrorCode("database.full", "The database has no space left.", "Make room; nothing was changed.", 507),
    ErrorCode("database.newer", "A newer version of Airdock made the database.", "Use that version.", 503),
    ErrorCode("database.url", "The database's address cannot be used.", "Write postgresql://user@host/name."),
    ErrorCode("database.driver", "The database's driver is not installed.", "pip install 'airdock[postgres]'."),
    # Secrets.
    ErrorCode(
        "secrets.name", "A secret cannot have this name.", "Begin with a letter; then letters, digits, _ . and -.", 422
    ),
    ErrorCode("secrets.value", "A secret cannot have this value.", "Use text of 1 byte to 64 KB.", 422),
    ErrorCode("secrets.unknown", "There is no such secret in the database.", "`airdock secrets list` lists them.", 404),
    ErrorCode(
        "secrets.key",
        "Secrets were encrypted with a key that this node does not have.",
        "Put the key file back, or set AIRDOCK_SECRET_KEY; else set them again with `--overwrite`.",
        503,
    ),
    ErrorCode("secrets.keyUnusable", "The encryption key cannot be used.", "The detail says why.", 503),
    ErrorCode("secrets.damaged", "A secret was altered in the database.", "Set its value again.", 503),
    ErrorCode("secrets.file", "The file of a secret cannot be read.", "The detail says why.", 503),
    # The repository.
    ErrorCode("repository.notFound", "The project, file or release is not there.", "Look at the list of those.", 404),
    ErrorCode("repository.name", "A name cannot be kept everywhere.", "Choose another one; the detail says why.", 400),
    ErrorCode("repository.value", "A message or a revision cannot be kept.", "Make it shorter; leave text only.", 400),
    ErrorCode("repository.conflict", "It is there already, or it changes all the time.", "Look, and try again.", 409),
    ErrorCode("repository.changed", "The file is not what was expected.", "Read it again, then write.", 412),
    ErrorCode(
        "repository.stale",
        "Somebody published in between.",
        "Take in what differs, then publish with the newest release as the base.",
        409,
    ),
    ErrorCode("repository.invalid", "The project has problems.", "Mend those listed; nothing was changed.", 422),
    ErrorCode("repository.tooLarge", "A file or a project is too large.", "Make it smaller, or two projects.", 413),
    ErrorCode("repository.archive", "The zip archive is not taken.", "Make it anew; the detail says why.", 400),
    ErrorCode("repository.damaged", "A stored content is not what was stored.", "Restore the database."),
    ErrorCode(
        "repository.readOnly",
        "A folder is the registry, so that nothing is activated or published.",
        "Change its files, or serve the repository: `airdock run` without a folder.",
        409,
    ),
    # Users, tokens and signing in.
    ErrorCode(
        "identity.name", "A user or a service cannot have this name.", "Choose another; the detail says why.", 400
    ),
    ErrorCode("identity.password", "The password is not accepted.", "Choose another; the detail says why.", 400),
    ErrorCode("identity.role", "Nobody can have this role, or not here.", "Use a role named.", 400),
    ErrorCode("identity.scope", "A token cannot be limited so.", "Use the scopes listed, or name no limit.", 400),
    ErrorCode("identity.expiry", "A token cannot expire then.", "Give a time to come, with its offset.", 400),
    ErrorCode(
        "identity.value", "A value about a user, a token or a list cannot be used.", "Correct the one named.", 400
    ),
    ErrorCode("identity.credentials", "Name and password are not those of a user.", "Sign in again.", 401),
    ErrorCode("identity.forbidden", "The caller may not do this.", "Ask an administrator for the role.", 403),
    ErrorCode("identity.unknownUser", "There is no such user.", "`airdock users list` lists them.", 404),
    ErrorCode("identity.unknownToken", "There is no such token.", "`airdock tokens list` lists them.", 404),
    ErrorCode("identity.nameTaken", "Another user or service has the name.", "Choose another one.", 409),
    ErrorCode(
        "identity.lastAdministrator",
        "Without this administrator nobody could administer.",
        "Make another administrator first.",
        409,
    ),
    ErrorCode(
        "identity.tooManyAttempts", "Too many attempts to sign in failed.", "Wait as long as the detail says.", 429
    ),
    ErrorCode("identity.disabled", "The user is disabled.", "Ask an administrator.", 403),
    ErrorCode("identity.oidcState", "The sign-in that ends was not begun here, or is too old.", "Begin again.", 400),
    ErrorCode("identity.oidcRefused", "The provider refused the sign-in.", "Begin again; the detail says why.", 401),
    ErrorCode("identity.oidcToken", "The provider's id token proves nothing.", "Begin again; check the settings.", 401),
    ErrorCode("identity.oidcUnavailable", "The provider of sign-in does not answer.", "Try again later.", 502),
    ErrorCode("identity.oidcConfiguration", "Sign-in at the provider is not set up right.", "Correct the settings."),
    # Backups.
    ErrorCode("backup.file", "A file cannot be read or written.", "The detail says why; nothing was changed."),
    ErrorCode("backup.exists", "There is a file of that name.", "Choose another name, or replace it by `--force`."),
    ErrorCode("backup.nothing", "There is no installation to back up.", "Name its home folder, or its database."),
    ErrorCode("backup.damaged", "The file is no backup, or not what was written.", "Use another backup."),
    ErrorCode("backup.newer", "A newer version of Airdock made the backup.", "Restore it by that version."),
    ErrorCode("backup.notEmpty", "There is an installation already.", "Restore into an empty home and database."),
    # Answers.
    ErrorCode("flow.notEnabled", "The flow's descriptor could not be compiled.", "Mend the problems listed.", 503),
    ErrorCode(
        "response.schema", "The answer does not fit the flow's `output` schema.", "Correct the flow or the schema."
    ),
    ErrorCode(
        "response.invalid",
        "The answer has a status or a header that HTTP does not allow.",
        "Correct the step that set it.",
    ),
    ErrorCode("internal", "Airdock itself failed.", "Report it with the run's id."),
)
