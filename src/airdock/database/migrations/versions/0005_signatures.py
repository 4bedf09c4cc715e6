"""What was signed and came already."""

import sqlalchemy as sa
from alembic import op

revision = "0005_signatures"
down_revision = "0004_identity"


def upgrade() -> None:
    op.create_table(
        "seen_signatures",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_index("seen_signatures_until", "seen_signatures", ["until"])
