"""How the connections of each process stand."""

import sqlalchemy as sa
from alembic import op

revision = "0009_connections"
down_revision = "0008_activities"


def upgrade() -> None:
    op.create_table(
        "connection_states",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("pid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
