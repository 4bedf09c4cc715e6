"""Which fires of jobs were claimed, and runs that somebody asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0010_jobs"
down_revision = "0009_connections"


def upgrade() -> None:
    op.create_table(
        "job_fires",
        sa.Column("job", sa.Text, primary_key=True),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("scheduled", sa.Double, nullable=False),
        sa.Column("missed", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("busy", sa.Double, nullable=False),
    )
    op.create_index("job_fires_owner", "job_fires", ["owner"])
    op.create_table(
        "job_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("job_requests_job", "job_requests", ["job"])
