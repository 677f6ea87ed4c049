"""Mail on its last way: rendered from its template, handed to the mail server, tried again if need be."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

import sqlalchemy as sa
from flask import current_app

from itsm.config import Settings
from itsm.core import tls
from itsm.core.db import db, writing
from itsm.core.outbox import Mail, enqueue_mail

TRIES = 8
TIMEOUT_SECONDS = 20
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
# Answers that will be the same tomorrow: no such mailbox, refused sender, too large.
PERMANENT = range(550, 557)

Transport = Callable[[EmailMessage], None]
# The name and the bytes of a PDF, by its number.
Source = Callable[[int], tuple[str, bytes]]

_sources: dict[str, Source] = {}


def attaches(kind: str, source: Source) -> None:
    """Let mails carry PDFs of a kind: an item names them as `"attached": [[kind, number], …]`.

    They are read when the mail leaves; none of them lies in the queue.
    """
    _sources[kind] = source


def deliver(mail_id: int, now: Callable[[], datetime], transport: Transport | None = None) -> None:
    """Send one mail and note it, or note the failure and enqueue the next try.

    The try is noted before the mail leaves: a mail that kills the worker is given up after `TRIES`,
    and one that left just before the worker died goes out again under the same Message-ID.
    """
    with writing():
        mail = db.session.scalar(sa.select(Mail).where(Mail.id == mail_id, _waiting()).with_for_update())
        if mail is None:
            return
        if mail.attempts >= TRIES:
            mail.failed_at = now()
            return
        mail.attempts += 1
    try:
        message = compose(mail)
        (transport or transport_of(current_app.config["SETTINGS"]))(message)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one mail must not hold up the others
        with writing():
            _note_failure(mail, error, now())
    else:
        with writing():
            mail.sent_at, mail.last_error = now(), ""


def compose(mail: Mail) -> EmailMessage:
    """Return the mail as it goes over the wire: plain text and HTML, the same at every try."""
    settings: Settings = current_app.config["SETTINGS"]
    message = EmailMessage()
    message["From"] = formataddr((settings.city_name, settings.mail_from))
    message["To"] = formataddr((_one_line(mail.to_name), _one_line(mail.to_address)))
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.message_id}@{settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body(mail, "txt"))
    message.add_alternative(body(mail, "html"), subtype="html")
    for item in mail.items:
        for kind, number in item.get("attached", ()):
            name, pdf = _sources[kind](number)
            message.add_attachment(pdf, maintype="application", subtype="pdf", filename=_one_line(name))
    return message


def body(mail: Mail, kind: str) -> str:
    """Return the text of a mail as "txt" or "html"."""
    template = current_app.jinja_env.get_template(f"mail/{mail.template}.{kind}")
    return template.render(
        mail=mail,
        items=mail.items,
        base_url=current_app.config["BASE_URL"],
        city_name=current_app.config["CITY_NAME"],
    )


def transport_of(settings: Settings) -> Transport:
    """Return the way out: the mail server, or nothing where the mailbox page shows the mail."""
    return _nowhere if settings.demo_mailbox else lambda message: _over_smtp(settings, message)


def check(settings: Settings) -> None:
    """Greet the mail server and sign in, without sending.

    Raises: OSError or smtplib.SMTPException if it cannot be reached or refuses.
    """
    with _connected(settings):
        pass


def send_again(mail: Mail, at: datetime) -> None:
    """Give a mail that was given up another round of tries."""
    mail.failed_at, mail.attempts, mail.due_at = None, 1, at
    enqueue_mail(mail.id, mail.due_at)


def purge(at: datetime, keep: timedelta = timedelta(days=90)) -> int:
    """Delete mails that have left or failed long ago; return how many."""
    old = sa.delete(Mail).where(sa.func.coalesce(Mail.sent_at, Mail.failed_at) < at - keep)
    return len(db.session.scalars(old.returning(Mail.id)).all())


def enqueue_forgotten(at: datetime) -> int:
    """Enqueue mails that are long due, as after a restored backup; return how many."""
    overdue = db.session.scalars(sa.select(Mail).where(_waiting(), Mail.due_at < at - 2 * LONGEST_WAIT)).all()
    return sum(enqueue_mail(mail.id, mail.due_at) is not None for mail in overdue)


def _waiting() -> sa.ColumnElement[bool]:
    return sa.and_(Mail.sent_at.is_(None), Mail.failed_at.is_(None))


def _note_failure(mail: Mail, error: Exception, at: datetime) -> None:
    mail.last_error = f"{type(error).__name__}: {error}"[:500]
    if mail.attempts >= TRIES or not _may_pass(error):
        mail.failed_at = at
        return
    mail.due_at = at + min(FIRST_WAIT * 2 ** (mail.attempts - 1), LONGEST_WAIT)
    enqueue_mail(mail.id, mail.due_at)


def _may_pass(error: Exception) -> bool:
    """Say whether another try has a chance: the network and a busy server recover, a broken mail does not."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return any(code not in PERMANENT for code, _ in error.recipients.values())
        case smtplib.SMTPAuthenticationError():
            return True
        case smtplib.SMTPResponseException():
            return error.smtp_code not in PERMANENT
        case OSError():
            return True
    return False


def _one_line(text: str) -> str:
    """Return the text without line breaks and control signs, which would start a header of their own."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _nowhere(message: EmailMessage) -> None:
    """Let the mail rest: the demo shows it on a page."""


def _over_smtp(settings: Settings, message: EmailMessage) -> None:
    with _connected(settings) as server:
        server.send_message(message)


def _connected(settings: Settings) -> smtplib.SMTP:
    context = tls.trusted()
    implicit = settings.mail_tls and settings.mail_port == smtplib.SMTP_SSL_PORT
    server: smtplib.SMTP = (
        smtplib.SMTP_SSL(settings.mail_host, settings.mail_port, timeout=TIMEOUT_SECONDS, context=context)
        if implicit
        else smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=TIMEOUT_SECONDS)
    )
    try:
        if settings.mail_tls and not implicit:
            server.starttls(context=context)
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
    except BaseException:
        with suppress(OSError):
            server.close()
        raise
    return server
