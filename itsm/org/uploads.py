"""School lists that were uploaded and wait for somebody to look at them."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import NotAllowed
from itsm.org import imports, policy
from itsm.org.imports import Comparison
from itsm.org.ministry_file import read_school_file
from itsm.org.models import SchoolUpload

KEPT = timedelta(days=1)


def check(actor: Actor) -> None:
    """Raises: NotAllowed unless the actor administrates the city."""
    if not policy.may_import(actor):
        raise NotAllowed("Schullisten liest nur die Administration ein.")


def keep(actor: Actor, filename: str, content: bytes, carrier: str, at: datetime) -> int:
    """Keep a list until it is taken over, a day at most; returns its id.

    Raises: NotAllowed; DomainError if it is no school list.
    """
    check(actor)
    read_school_file(content)
    db.session.execute(sa.delete(SchoolUpload).where(SchoolUpload.uploaded_at < at - KEPT))
    upload = SchoolUpload(
        filename=filename[:200], content=content, carrier=carrier, uploaded_at=at, uploaded_by=actor.name
    )
    db.session.add(upload)
    db.session.flush()
    return upload.id


def look_at(actor: Actor, upload: SchoolUpload, at: datetime) -> Comparison:
    """What taking the list over would change."""
    return _apply(actor, upload, at, dry_run=True)


def take_over(actor: Actor, upload: SchoolUpload, at: datetime) -> Comparison:
    """Take the list over and forget the file."""
    found = _apply(actor, upload, at, dry_run=False)
    db.session.delete(upload)
    return found


def _apply(actor: Actor, upload: SchoolUpload, at: datetime, *, dry_run: bool) -> Comparison:
    file = read_school_file(upload.content)
    return imports.take_over(actor, file, at, carrier=upload.carrier or None, dry_run=dry_run)
