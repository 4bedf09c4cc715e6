"""Users, their preferences, tokens and sessions, members of projects, failed sign-ins, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0004_identity"
down_revision = "0003_repository"

_REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("issuer", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("last_seen", sa.Float),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "preferences",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("auto_activate", sa.Boolean, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True, index=True),
        sa.Column("roles", sa.Text, nullable=False),
    )
    _create_credentials()
    _create_audit()


def _create_credentials() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE")),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text),
        sa.Column("projects", sa.Text),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires", sa.Float),
        sa.Column("last_used", sa.Float),
        sa.Index("tokens_owner", "owner", "id"),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, sa.ForeignKey("users.name", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.Float, nullable=False, index=True),
    )
    op.create_table(
        "identity_keys",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("remote", sa.Text, nullable=False),
        sa.Index("audit_actor", "actor", "id"),
        sa.Index("audit_action", "action", "id"),
        sa.Index("audit_target", "target", "id"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
            " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit"
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
