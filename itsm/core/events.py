"""Announcements from a lower package to whoever listens, within the same transaction."""

from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_listeners: dict[type[Any], list[Callable[[Any], None]]] = {}


def listen(event: type[E], listener: Callable[[E], None]) -> None:
    """Call `listener` at every event of this type; twice the same listener counts once."""
    listeners = _listeners.setdefault(event, [])
    if listener not in listeners:
        listeners.append(listener)


def publish(event: object) -> None:
    """Tell everyone who listens to this type of event, in the order of registration."""
    for listener in _listeners.get(type(event), ()):
        listener(event)
