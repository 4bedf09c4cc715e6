"""Dead letters: what arrived, could not be worked off, and waits for a person."""

from airdock.deadletters.letter import Content, DeadLetters, Death, Letter, State

__all__ = ["Content", "DeadLetters", "Death", "Letter", "State"]
