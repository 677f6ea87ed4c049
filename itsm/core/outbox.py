"""Mail on its way out: a row in the caller's transaction, sent later by the worker."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from itsm.core.db import Model, db
from itsm.core.queue import enqueue

BURST = timedelta(seconds=60)

_NOT_LEFT = sa.text("sent_at IS NULL AND failed_at IS NULL AND attempts = 0")


class Mail(Model):
    """One mail to one person; several events of a burst are items of the same mail."""

    __tablename__ = "mail"
    __table_args__ = (
        sa.Index(
            "uq_mail_open_burst",
            "to_address",
            "burst_key",
            unique=True,
            postgresql_where=_NOT_LEFT,
        ),
        sa.Index("ix_mail_due_at", "due_at", postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str]
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    items: Mapped[list[Any]] = mapped_column(JSONB)
    burst_key: Mapped[str]
    # Stable over every retry, so that a mail sent twice by a crash is shown once by the reader.
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")


_mail = Mail.metadata.tables["mail"]
_new = insert(_mail)
# One statement, so that two people who report at the same moment cannot trip over one another.
_JOIN_BURST = _new.on_conflict_do_update(
    index_elements=["to_address", "burst_key"],
    index_where=_NOT_LEFT,
    set_={"items": _mail.c["items"].op("||")(_new.excluded["items"])},
).returning(_mail.c.id, sa.literal_column("mail.xmax = 0", sa.Boolean).label("is_new"))


def put(
    template: str,
    *,
    to: str,
    subject: str,
    item: dict[str, Any],
    burst_key: str,
    at: datetime,
    to_name: str = "",
    delay: timedelta = BURST,
) -> int:
    """Queue a mail, or add the item to one of the same burst that has not left yet; return its number.

    `template` names templates/mail/<template>.txt and .html; both get `mail` and `items`.
    """
    row = db.session.execute(
        _JOIN_BURST,
        {
            "template": template,
            "to_address": to,
            "to_name": to_name,
            "subject": subject,
            "items": [item],
            "burst_key": burst_key,
            "message_id": secrets.token_hex(16),
            "created_at": at,
            "due_at": at + delay,
            "attempts": 0,
            "last_error": "",
        },
    ).one()
    if row.is_new:
        enqueue_mail(row.id, at + delay)
    return int(row.id)


def enqueue_mail(mail_id: int, due_at: datetime) -> int | None:
    """Enqueue the sending of a mail for when it is due; None if that waits already."""
    key = f"mail-{mail_id}"
    return enqueue(
        "send-mail", args={"mail_id": mail_id}, queue="mail", lock=key, queueing_lock=key, scheduled_at=due_at
    )
