"""The table of encrypted secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0002_secrets"
down_revision = "0001_changes"


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
        sa.Column("changed", sa.Float, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    )
