"""What the processes of each node are and have."""

import sqlalchemy as sa
from alembic import op

revision = "0006_nodes"
down_revision = "0005_signatures"


def upgrade() -> None:
    op.create_table(
        "node_processes",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("pid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("serves", sa.Text, nullable=False),
        sa.Column("started", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "node_artefacts",
        sa.Column("node", sa.Text, primary_key=True),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
