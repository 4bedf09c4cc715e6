"""What operators set of jobs and listeners, how these stand on each node, and dead letters."""

import sqlalchemy as sa
from alembic import op

revision = "0008_activities"
down_revision = "0007_state"


def upgrade() -> None:
    op.create_table(
        "activity_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "activity_states",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("listener", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("message", sa.LargeBinary),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("arrived", sa.Float, nullable=False),
        sa.Column("died", sa.Float, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("claimed", sa.Float, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_index("dead_letters_message", "dead_letters", ["listener", "message"], unique=True)
    op.create_index("dead_letters_state", "dead_letters", ["state", "listener"])
    op.create_index("dead_letters_died", "dead_letters", ["died"])
