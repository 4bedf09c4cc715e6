"""The tables of users and of what belongs to them. Lists of names are JSON texts, times are seconds since 1970."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from airdock.database.tables import metadata

USERS = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("password", Text),
    Column("disabled", Boolean, nullable=False),
    # Who they are at an OpenID Connect provider.
    Column("issuer", Text),
    Column("subject", Text),
    Column("created", Float, nullable=False),
    Column("last_seen", Float),
    UniqueConstraint("issuer", "subject"),
)

PREFERENCES = Table(
    "preferences",
    metadata,
    # No reference to a user: the local person has preferences, too.
    Column("name", Text, primary_key=True),
    Column("auto_activate", Boolean, nullable=False),
)

TOKENS = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    # The user of a personal token; a service's token has none.
    Column("owner", Text, ForeignKey("users.name", ondelete="CASCADE")),
    Column("roles", Text, nullable=False),
    Column("scopes", Text),
    Column("projects", Text),
    Column("created", Float, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires", Float),
    Column("last_used", Float),
    Index("tokens_owner", "owner", "id"),
)

SESSIONS = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("owner", Text, ForeignKey("users.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("expires", Float, nullable=False),
)

MEMBERS = Table(
    "members",
    metadata,
    Column("project", Text, primary_key=True),
    # A user or a service.
    Column("name", Text, primary_key=True, index=True),
    Column("roles", Text, nullable=False),
)

ATTEMPTS = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last", Float, nullable=False, index=True),
)

AUDIT = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("remote", Text, nullable=False),
    Index("audit_actor", "actor", "id"),
    Index("audit_action", "action", "id"),
    Index("audit_target", "target", "id"),
    sqlite_autoincrement=True,
)

KEYS = Table(
    "identity_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
