"""Who may look at the operation of the service, and who may act on it."""

from itsm.config import Settings
from itsm.core.access import Actor, Verb
from itsm.core.outbox import Mail

# Who has a device is for the school alone to know (docs/rules/loans.md, LO-10).
_TO_HOLDERS = frozenset({"loan-link", "loan-reminder"})


def may_see(actor: Actor) -> bool:
    """Say whether the person may see jobs, mails and processes."""
    return actor.may(Verb.OPERATIONS_SEE)


def may_run(actor: Actor) -> bool:
    """Say whether the person may start jobs and send mails again."""
    return actor.may(Verb.OPERATIONS_RUN)


def shown_recipient(mail: Mail) -> str:
    """Return whom a mail is for, as whoever runs the service may read it: of a holder neither name nor address."""
    return "an die Person, die das Gerät hat" if mail.template in _TO_HOLDERS else mail.to_address


def may_see_figures(actor: Actor) -> bool:
    """Say whether the person may see the figures and their history."""
    return actor.may(Verb.SETTING_EDIT) or may_see(actor)


def may_edit_figures(actor: Actor) -> bool:
    """Say whether the person may change figures."""
    return actor.may(Verb.SETTING_EDIT)


def is_mailbox_open(settings: Settings) -> bool:
    """Say whether the mailbox page exists: only in the demo, and only while no mail leaves the house."""
    return not settings.production and settings.demo_mailbox
