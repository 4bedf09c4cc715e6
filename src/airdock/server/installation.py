"""What all processes of an installation share: its database, and what is kept there."""

from airdock.database import Database
from airdock.deadletters import Bounds, LetterStore
from airdock.identity import Authenticator, Identity
from airdock.repository import Repository
from airdock.secrets import Sealing, Secrets
from airdock.server.settings import Settings


class Installation:
    """The database of an installation and the parts that work on it. Making it opens nothing.

    Attributes:
        database: Of the settings. repository: Projects. identity, authenticator: Users, and who calls.
        secrets: Values that only connections and protections read.
        letters: What listeners could not work off.
    """

    def __init__(self, settings: Settings) -> None:
        """
        Raises:
            DatabaseError: `database.url`, the setting is not the address of a database.
        """
        self.database = Database(settings.home, settings.database_url)
        self.repository = Repository(self.database)
        self.identity = Identity(self.database, session_age=settings.session_age)
        self.authenticator = Authenticator(self.identity)
        self.secrets = Secrets(self.database, settings.home, settings.secret_key, settings.secrets_folder)
        self.letters = LetterStore(
            self.database,
            Sealing(settings.home, settings.secret_key, purpose="deadLetters"),
            Bounds(settings.dead_letter_age, settings.dead_letter_size),
        )

    def close(self) -> None:
        """Writes what is left to write and gives the connections back."""
        self.authenticator.close()
        self.database.close()
