"""Words that mean the same to those who search, as the editors keep them.

Source: docs/rules/search.md, SE-10.
"""

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.kb import policy, vocabulary
from itsm.kb.models import Synonyms

MOST = 20


def apart(line: str) -> list[str]:
    """Return the words of a line between its commas, each once, in their order."""
    return list(dict.fromkeys(filter(None, (word.strip() for word in line.split(",")))))


def add(actor: Actor, line: str) -> Synonyms:
    """Keep words that mean the same; they are searched for each other at once.

    Raises: NotAllowed unless an editor does it; DomainError if fewer than two words or too many are left.
    """
    group = Synonyms(words=_checked(actor, line))
    db.session.add(group)
    return group


def change(actor: Actor, group: Synonyms, line: str) -> None:
    """Replace the words of a group. Raises as `add` does."""
    group.words = _checked(actor, line)


def drop(actor: Actor, group: Synonyms) -> None:
    """Forget that words mean the same.

    Raises: NotAllowed unless an editor does it.
    """
    _check_editor(actor)
    db.session.delete(group)


def holding(word: str) -> list[Synonyms]:
    """Return the groups with a word that has a part like this one, by their first word; all for an empty one."""
    said = sa.func.array_to_string(Synonyms.words, ", ")
    return list(
        db.session.scalars(sa.select(Synonyms).where(said.icontains(word, autoescape=True)).order_by(said, Synonyms.id))
    )


def _checked(actor: Actor, line: str) -> list[str]:
    _check_editor(actor)
    words = apart(line)
    if len({vocabulary.phrase(word) for word in words} - {()}) < 2:
        raise DomainError("Bitte geben Sie mindestens zwei verschiedene Wörter an, mit Komma getrennt.")
    if len(words) > MOST:
        raise DomainError(f"Bitte höchstens {MOST} Wörter; bilden Sie sonst zwei Gruppen.")
    return words


def _check_editor(actor: Actor) -> None:
    if not policy.is_editor(actor):
        raise NotAllowed("Die Wörter der Suche pflegt die Redaktion.")
