"""The tables of the repository.

A content is stored once, as a blob. Drafts have a row for each file, as they change file by file. What never changes, a
release or an activated copy, is a manifest: one row however many files it lists, shared by all that hold the same.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from airdock.database.tables import metadata

BLOBS = Table(
    "repository_blobs",
    metadata,
    # SHA-256 of the content in hexadecimal digits.
    Column("id", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    # Whether `content` is compressed by zlib.
    Column("packed", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
    # Since when nothing refers to it; null while something does, or nobody looked.
    Column("unused", Float),
)

MANIFESTS = Table(
    "repository_manifests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("unused", Float),
)

DRAFTS = Table(
    "repository_drafts",
    metadata,
    Column("user_name", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    # The release that it came from; null: not known.
    Column("base", Integer),
    Column("saved", Float, nullable=False),
)

DRAFT_FILES = Table(
    "repository_draft_files",
    metadata,
    Column("user_name", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("blob", Text, ForeignKey(BLOBS.c.id), nullable=False),
    ForeignKeyConstraint(["user_name", "project"], [DRAFTS.c.user_name, DRAFTS.c.project], ondelete="CASCADE"),
    Index("repository_draft_files_blob", "blob"),
)

SANDBOXES = Table(
    "repository_sandboxes",
    metadata,
    Column("user_name", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("manifest", Text, ForeignKey(MANIFESTS.c.id), nullable=False),
    Column("activated", Float, nullable=False),
    Index("repository_sandboxes_manifest", "manifest"),
)

PROJECTS = Table(
    "repository_projects",
    metadata,
    Column("name", Text, primary_key=True),
    # What two names share that some file systems cannot tell apart.
    Column("folded", Text, nullable=False, unique=True),
    # The number of the newest release; 0 before the first.
    Column("last", Integer, nullable=False),
    # The release that is served; null when it is not published.
    Column("current", Integer),
)

RELEASES = Table(
    "repository_releases",
    metadata,
    Column("project", Text, ForeignKey(PROJECTS.c.name), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    # Null for the end of a publication, which has no files.
    Column("manifest", Text, ForeignKey(MANIFESTS.c.id)),
    Column("user_name", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("message", Text, nullable=False),
    Column("revision", Text, nullable=False),
    # Of a rollback, the release that it brought back.
    Column("source", Integer),
    Index("repository_releases_manifest", "manifest"),
)
