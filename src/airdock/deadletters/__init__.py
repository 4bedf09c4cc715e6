"""Dead letters: what arrived, could not be worked off, and waits for a person."""

from airdock.deadletters.letter import Content, DeadLetters, Death, Letter, LetterError, LetterInfo, State
from airdock.deadletters.letters import StoredLetters
from airdock.deadletters.store import TOPIC, Bounds, Filter, LetterStore

__all__ = [
    "TOPIC",
    "Bounds",
    "Content",
    "DeadLetters",
    "Death",
    "Filter",
    "Letter",
    "LetterError",
    "LetterInfo",
    "LetterStore",
    "State",
    "StoredLetters",
]
