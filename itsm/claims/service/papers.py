"""Keep the papers of a case and hand them out to those who may read them.

Source: docs/rules/claims.md, CL-6.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from itsm.claims import papers, policy
from itsm.claims.models import DamageCase, Paper, PaperKind
from itsm.claims.papers import Upload
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound


def keep(actor: Actor, case: DamageCase, kind: PaperKind, upload: Upload, at: datetime) -> Paper:
    """Keep one paper of a case; the file is on the disk before the row can be committed.

    Raises: NotAllowed unless the actor may add such a paper; DomainError for a file that cannot be kept.
    """
    return keep_all(actor, case, kind, (upload,), at)[0]


def keep_all(
    actor: Actor, case: DamageCase, kind: PaperKind, uploads: Sequence[Upload], at: datetime
) -> Sequence[Paper]:
    """Keep several papers of a case; all are checked before any is written.

    Raises: NotAllowed unless the actor may add such papers; DomainError for too many, or a file that cannot be kept.
    """
    if not policy.may_add_paper(actor, case, kind):
        raise NotAllowed("Zu diesem Fall können Sie keine Unterlagen hinzufügen.")
    return put(actor, case, kind, uploads, at)


def put(actor: Actor, case: DamageCase, kind: PaperKind, uploads: Sequence[Upload], at: datetime) -> Sequence[Paper]:
    """Keep papers of a case; for verbs that have checked who may.

    Raises: DomainError for too many, or a file that cannot be kept.
    """
    if len(uploads) > papers.MOST_AT_ONCE:
        raise DomainError(f"Bitte höchstens {papers.MOST_AT_ONCE} Dateien auf einmal.")
    checked = [papers.check(upload, kind) for upload in uploads]
    rows = [
        Paper(
            case_id=case.id,
            kind=kind,
            name=one.name,
            media_type=one.media_type,
            token=papers.keep(one),
            digest=one.digest,
            size_bytes=one.size_bytes,
            added_at=at,
            added_by_id=actor.user_id,
        )
        for one in checked
    ]
    db.session.add_all(rows)
    db.session.flush()
    return rows


def take_over(actor: Actor, case: DamageCase, tokens: Sequence[str], at: datetime) -> None:
    """Keep copies of photos that were kept elsewhere; for verbs that have checked who may."""
    copies = [copy for token in tokens if (copy := papers.copy_photo(token)) is not None]
    db.session.add_all(
        Paper(
            case_id=case.id,
            kind=PaperKind.PHOTO,
            name=papers.LABELS[PaperKind.PHOTO],
            media_type=papers.JPEG,
            token=token,
            digest=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            added_at=at,
            added_by_id=actor.user_id,
        )
        for token, content in copies
    )
    db.session.flush()


def papers_of(actor: Actor, case: DamageCase) -> Sequence[Paper]:
    """Return the papers of a case this person may read, oldest first: the school its photos, the claims staff all.

    The photos of an incident belong to all its cases.
    """
    kinds = policy.readable_papers(actor, case)
    of_case = sa.select(Paper).where(_of(case), Paper.kind.in_(sorted(kinds)))
    return db.session.scalars(of_case.order_by(Paper.id)).all() if kinds else []


def photos_of(actor: Actor, case_ids: Sequence[int]) -> list[tuple[DamageCase, Paper]]:
    """Return the photos of several cases this person may read, each with one of the cases; two selects."""
    found = db.session.scalars(
        sa.select(DamageCase)
        .where(DamageCase.id.in_(case_ids))
        .order_by(DamageCase.id.desc())
        .options(joinedload(DamageCase.incident), joinedload(DamageCase.school))
    ).all()
    readable = {case.incident_id: case for case in found if policy.may_read_report(actor, case)}
    photos = db.session.execute(
        sa.select(DamageCase.incident_id, Paper)
        .join(DamageCase, DamageCase.id == Paper.case_id)
        .where(Paper.kind == PaperKind.PHOTO, DamageCase.incident_id.in_(readable))
        .order_by(Paper.id)
    ).all()
    return [(readable[incident_id], paper) for incident_id, paper in photos]


def paper_for(actor: Actor, case: DamageCase, token: str) -> Paper:
    """Return a paper of a case this person sees, by the name of its file.

    Raises: NotFound for one that does not exist or is for others.
    """
    found = None
    if token.isascii() and token.isalnum():
        found = db.session.scalar(sa.select(Paper).where(_of(case), Paper.token == token))
    if found is None or found.kind not in policy.readable_papers(actor, case):
        raise NotFound
    return found


def _of(case: DamageCase) -> sa.ColumnElement[bool]:
    beside = sa.select(DamageCase.id).where(DamageCase.incident_id == case.incident_id)
    shared = sa.and_(Paper.kind == PaperKind.PHOTO, Paper.case_id.in_(beside))
    return sa.or_(Paper.case_id == case.id, shared)
