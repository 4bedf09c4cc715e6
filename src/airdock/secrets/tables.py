"""The table of encrypted secrets."""

from sqlalchemy import Column, Float, LargeBinary, Table, Text

from airdock.database.tables import metadata

SECRETS = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    # Which key it was encrypted with; tells nothing of the key itself.
    Column("key_id", Text, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Column("changed", Float, nullable=False),
    Column("changed_by", Text, nullable=False),
)
