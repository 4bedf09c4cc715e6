"""Values that only connections and signatures use: encrypted in the database, or from the environment or files."""

from airdock.secrets.errors import SecretsError
from airdock.secrets.info import Rotation, SecretInfo
from airdock.secrets.names import check_name, is_name
from airdock.secrets.sealing import KEY_FILES, Sealing
from airdock.secrets.secrets import Secrets
from airdock.secrets.values import value_of

__all__ = [
    "KEY_FILES",
    "Rotation",
    "Sealing",
    "SecretInfo",
    "Secrets",
    "SecretsError",
    "check_name",
    "is_name",
    "value_of",
]
