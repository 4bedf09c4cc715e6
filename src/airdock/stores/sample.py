"""Looking at what is kept, without a server."""

from sqlalchemy import select

from airdock.database import Database
from airdock.errors import AirdockError
from airdock.sealer import Sealer
from airdock.stores.tables import ENTRIES, ITEMS


def is_readable(database: Database, sealer: Sealer) -> bool:
    """Whether an entry and an item, of those that are kept, can be opened; True where there are none.

    Raises:
        DatabaseError: the database cannot be used.
    """
    with database.reading() as connection:
        found = [connection.execute(select(column).limit(1)).scalar() for column in (ENTRIES.c.value, ITEMS.c.item)]
    try:
        for each in found:
            if each is not None:
                sealer.open(each)
    except AirdockError:
        return False
    return True
