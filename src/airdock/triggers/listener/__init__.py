"""Listeners: what arrives at a source becomes runs, and is accepted when it was worked off."""

from airdock.triggers.listener.listeners import Listeners
from airdock.triggers.listener.states import ListenerState

__all__ = ["ListenerState", "Listeners"]
