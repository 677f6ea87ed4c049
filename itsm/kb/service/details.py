"""Say for whom an article is, where it stands and what it is about; what it says is written elsewhere.

Source: docs/rules/writing.md, WR-9.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed
from itsm.kb import policy
from itsm.kb.models import Article, Audience
from itsm.kb.service import articles, index
from itsm.tickets.models import FaultType

# From the widest circle of readers to the narrowest.
_CIRCLES = tuple(Audience)


@dataclass(frozen=True)
class Details:
    """Everything said about an article besides its texts."""

    audience: Audience
    category_id: int | None
    tags: list[str]
    school_forms: list[str]
    device_kinds: list[str]
    fault_ids: list[int]
    team: str
    owner_id: int | None
    deputy_id: int | None
    valid_until: date | None
    review_on: date | None


LABELS = {
    "audience": "Leser*innen",
    "category_id": "Bereich",
    "tags": "Schlagwörter",
    "school_forms": "Schulformen",
    "device_kinds": "Geräte",
    "fault_ids": "Störungsarten",
    "team": "Team",
    "owner_id": "Verantwortlich",
    "deputy_id": "Vertretung",
    "valid_until": "Gültig bis",
    "review_on": "Prüfen am",
}


def of(article: Article) -> Details:
    """Return what is said about an article now."""
    plain = {name: getattr(article, name) for name in LABELS if name != "fault_ids"}
    return Details(fault_ids=[fault.id for fault in article.faults], **plain)


def describe(actor: Actor, article: Article, details: Details, at: datetime, *, version: int) -> list[str]:
    """Change what is said about an article; return the names of what is different.

    Raises: NotAllowed unless the person may describe it, or if it would show a published text of their
        own to more people; Conflict if the article changed since `version`; DomainError if one person is to
        stand in for themselves.
    """
    check_may_describe(actor, article)
    if article.version_id != version:
        raise Conflict(
            "Inzwischen hat jemand anderes an diesem Artikel etwas geändert. Ihre Angaben stehen noch im Formular: "
            "Bitte vergleichen Sie sie mit den gespeicherten und speichern Sie dann noch einmal."
        )
    if details.owner_id is not None and details.owner_id == details.deputy_id:
        raise DomainError("Die Vertretung muss eine andere Person sein als die verantwortliche.")
    _check_circle(actor, article, details.audience)
    changed = _apply(article, details)
    if changed:
        articles.note(actor, article, "describe", at, text=", ".join(changed))
        db.session.flush()
        index.refresh(article)
    return changed


def check_may_describe(actor: Actor, article: Article) -> None:
    """Refuse to change what is said about an article.

    Raises: NotAllowed.
    """
    articles.check_may_write(actor, article)
    if not policy.may_describe(actor, article):
        raise NotAllowed("Die Angaben ändert die Redaktion oder wer für den Artikel verantwortlich ist.")


def _apply(article: Article, details: Details) -> list[str]:
    before: dict[str, Any] = vars(of(article))
    different = {name: value for name, value in vars(details).items() if value != before[name]}
    for name, value in different.items():
        if name == "fault_ids":
            article.faults = list(db.session.scalars(sa.select(FaultType).where(FaultType.id.in_(value))))
        else:
            setattr(article, name, value)
    return [LABELS[name] for name in different]


def _check_circle(actor: Actor, article: Article, audience: Audience) -> None:
    """Refuse to show a published text to more people by one who wrote in it: four eyes here too.

    One that was taken down counts as well, for it is published again as it is.
    """
    if article.published_at is not None and _CIRCLES.index(audience) < _CIRCLES.index(article.audience):
        authors = {
            revision.author_id
            for text in article.texts
            for revision in text.revisions
            if text.published and revision.number <= text.published.number
        }
        if not policy.may_publish(actor, article, authors):
            raise NotAllowed(
                "Dieser Artikel wurde schon veröffentlicht. Für einen größeren Kreis freigeben kann ihn nur jemand "
                "aus der Redaktion, der an dem veröffentlichten Text nicht mitgeschrieben hat."
            )
