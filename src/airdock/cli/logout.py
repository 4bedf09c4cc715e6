"""`airdock logout`: ends the token of a login."""

from airdock.cli.credentials import load_credentials, save_credentials
from airdock.cli.server_options import ServerOption, chosen_server
from airdock.cli.terminal import fail, printable, say


def command(server: ServerOption = None) -> None:
    """Sign out of a server: the token of this machine is ended there and forgotten here.

    \b
    Examples:
      airdock logout
    """
    from airdock.client import ApiError, Client, ClientError

    address = chosen_server(server)
    kept = load_credentials()
    credential = kept.servers.pop(address, None)
    if credential is None:
        say(f"nobody is signed in to {address} here")
        return
    if kept.last == address:
        kept.last = ""
    # Forgotten here whatever the server says.
    save_credentials(kept)
    try:
        if credential.id:
            with Client(address, credential.token, insecure=credential.insecure) as client:
                client.tokens.revoke(credential.id)
    except ApiError as error:
        if error.status not in (401, 404):
            fail(f"the token is forgotten here, but not ended: {error.detail}")
    except ClientError as error:
        fail(f"the token is forgotten here, but not ended: {error}", hint=f"`airdock tokens revoke {credential.id}`")
    say(f"signed out of {address}, where {printable(credential.user)} was signed in")
