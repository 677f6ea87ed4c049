"""Mails of the tests."""

from typing import Any

from itsm.core import outbox
from itsm.core.db import db
from itsm.core.outbox import Mail


def put_mail(template: str, **values: Any) -> Mail:
    """Queue a mail and return its row as it stands now."""
    return db.session.get_one(Mail, outbox.put(template, **values), populate_existing=True)
