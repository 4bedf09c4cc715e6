"""Codes of requests, to flows and to the management API."""

from airdock.codes.code import ErrorCode

REQUESTS: tuple[ErrorCode, ...] = (
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
    ErrorCode("request.upgrade", "The flow takes WebSockets only.", "Open a WebSocket at its address.", 426),
    ErrorCode("request.topic", "What the caller sent makes no name of a topic.", "Send another value for it.", 400),
    ErrorCode("stream.slow", "The caller did not take what was sent fast enough.", "Connect again; read faster.", 503),
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
)
