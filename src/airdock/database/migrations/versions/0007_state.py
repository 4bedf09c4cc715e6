"""What patterns keep between messages: entries by key, and groups of items."""

import sqlalchemy as sa
from alembic import op

revision = "0007_state"
down_revision = "0006_nodes"


def upgrade() -> None:
    op.create_table(
        "state_entries",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("name", sa.LargeBinary),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.Double),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_index("state_entries_expires", "state_entries", ["expires"])
    op.create_index("state_entries_first", "state_entries", ["space", "expires"])
    op.create_table(
        "state_groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("space", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.LargeBinary),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("due", sa.Double),
        sa.Column("claimed", sa.Double),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    _index_groups("state_groups_open", ["space", "key"], "claimed IS NULL", unique=True)
    _index_groups("state_groups_due", ["space", "due"], "claimed IS NULL")
    _index_groups("state_groups_claimed", ["space", "claimed"], "claimed IS NOT NULL")
    op.create_table(
        "state_items",
        sa.Column("group_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item", sa.LargeBinary, nullable=False),
    )


def _index_groups(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, "state_groups", columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
