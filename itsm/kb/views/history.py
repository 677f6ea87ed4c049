"""The history of an article as the shared timeline shows it."""

from collections.abc import Iterable
from typing import Any

from itsm.kb.models import ArticleEntry
from itsm.kb.states import State
from itsm.kb.words import ENTRIES


def lines(entries: Iterable[ArticleEntry]) -> list[dict[str, Any]]:
    """Return the entries for `timeline.show`; one the school reads is not marked as internal."""
    return [
        {
            "at": entry.at,
            "who": entry.author.name if entry.author else "Schul-IT-Service",
            "text": entry.text,
            "title": "Eingereicht"
            if entry.to_state is State.SUBMITTED and not entry.from_state
            else ENTRIES[entry.move],
        }
        for entry in entries
    ]
