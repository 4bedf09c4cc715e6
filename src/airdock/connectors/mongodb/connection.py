from typing import Any
from urllib.parse import urlsplit

from airdock.connectors.errors import missing
from airdock.connectors.mongodb.client import MongoDbClient
from airdock.connectors.mongodb.fake import FakeMongoDb
from airdock.spec.connection import Connection, Opening, Secret
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Duration, Integer, Record, Text


class MongoDb(Connection):
    """A database of MongoDB.

    The real client has not been tried on a server yet; what is said here has been tested with the fake alone.

    In tests of flows it is an empty database in memory. That knows the operators `$eq`, `$ne`, `$gt`, `$gte`, `$lt`,
    `$lte`, `$in`, `$nin`, `$exists`, `$and`, `$or`, the updates `$set`, `$unset`, `$inc`, `$push`, and the stages
    `$match`, `$sort`, `$limit`.
    """

    type = "mongodb"
    requires = "mongodb"
    example = {"type": "mongodb", "url": "mongodb://shop@db.example.com/shop", "password": {"secret": "mongo"}}

    url: str = field(
        Text(),
        "The address with the name of the database, without a password.",
        default=REQUIRED,
        example="mongodb://shop@db.example.com/shop",
    )
    password: Secret | None = field(Record(Secret), "The user's password.", example={"secret": "mongo"})
    auth_source: str = field(Text(), "The database that knows the user.", default="admin")
    tls: bool = field(Boolean(), "The way is encrypted, and the server's certificate checked.", default=True)
    pool: int = field(Integer(1, 1000), "So many connections are open at most, in each process.", default=20)
    timeout: float = field(Duration(), "An operation may take so long.", default=30.0, unit="s", example="10s")
    connect_timeout: float = field(Duration(), "Connecting may take so long.", default=5.0, unit="s", example="5s")

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        try:
            parts = urlsplit(element.url)
            valid = parts.scheme in ("mongodb", "mongodb+srv") and parts.hostname and parts.path.strip("/")
        except ValueError:
            valid = False
        if not valid or parts.query or "/" in parts.path.strip("/"):
            return [("url", "this is no address such as mongodb://user@host/database")]
        if parts.password is not None:
            return [("url", "the address holds a password: give it as `password`, by the name of a secret")]
        if (parts.username is None) != (element.password is None):
            return [("password", "a user in the address and a `password` belong together")]
        return []

    async def connect(self, opening: Opening) -> MongoDbClient:
        try:
            from pymongo import AsyncMongoClient
        except ImportError as error:
            raise missing("A `mongodb` connection", "mongodb") from error
        parts = urlsplit(self.url)
        options: dict[str, Any] = {}
        if self.password is not None:
            options = {
                "username": parts.username,
                "password": opening.secret(self.password),
                "authSource": self.auth_source,
            }
        client: Any = AsyncMongoClient(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/",
            tls=self.tls,
            maxPoolSize=self.pool,
            connectTimeoutMS=round(self.connect_timeout * 1000),
            serverSelectionTimeoutMS=round(self.connect_timeout * 1000),
            appname="airdock",
            tz_aware=True,
            retryWrites=False,
            **options,
        )
        made = MongoDbClient(opening.name, client, parts.path.strip("/"), self.timeout)
        try:
            await made.check()
        except BaseException:
            await made.close()
            raise
        return made

    def fake(self) -> MongoDbClient:
        return FakeMongoDb()
