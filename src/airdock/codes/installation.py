"""Codes of what an installation keeps: database, secrets, repository, users, backups."""

from airdock.codes.code import ErrorCode

INSTALLATION: tuple[ErrorCode, ...] = (
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
)
