"""The tables of the repository: blobs and manifests, drafts, sandboxes, releases."""

import sqlalchemy as sa
from alembic import op

revision = "0003_repository"
down_revision = "0002_secrets"


def upgrade() -> None:
    _make_contents()
    _make_copies()
    _make_registry()


def _make_contents() -> None:
    op.create_table(
        "repository_blobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("packed", sa.Boolean, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("unused", sa.Float),
    )
    op.create_table(
        "repository_manifests",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("unused", sa.Float),
    )


def _make_copies() -> None:
    op.create_table(
        "repository_drafts",
        sa.Column("user_name", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("base", sa.Integer),
        sa.Column("saved", sa.Float, nullable=False),
    )
    op.create_table(
        "repository_draft_files",
        sa.Column("user_name", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("blob", sa.Text, sa.ForeignKey("repository_blobs.id"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_name", "project"],
            ["repository_drafts.user_name", "repository_drafts.project"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("repository_draft_files_blob", "repository_draft_files", ["blob"])
    op.create_table(
        "repository_sandboxes",
        sa.Column("user_name", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("manifest", sa.Text, sa.ForeignKey("repository_manifests.id"), nullable=False),
        sa.Column("activated", sa.Float, nullable=False),
    )
    op.create_index("repository_sandboxes_manifest", "repository_sandboxes", ["manifest"])


def _make_registry() -> None:
    op.create_table(
        "repository_projects",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("folded", sa.Text, nullable=False, unique=True),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("current", sa.Integer),
    )
    op.create_table(
        "repository_releases",
        sa.Column("project", sa.Text, sa.ForeignKey("repository_projects.name"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, sa.ForeignKey("repository_manifests.id")),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
        sa.Column("source", sa.Integer),
    )
    op.create_index("repository_releases_manifest", "repository_releases", ["manifest"])
