"""What can be done on the ticket page: one row per button, with its rule and its verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsm.core.access import Actor
from itsm.core.states import names_from
from itsm.tickets import policy, queries, service
from itsm.tickets.action_forms import AssignForm, EscalateForm, PlainForm, PriorityForm, TextForm
from itsm.tickets.models import Target, Ticket
from itsm.tickets.states import MOVES, OPEN
from itsm.tickets.words import REASONS, Reason

Run = Callable[[Actor, Ticket, Any, datetime], object]


@dataclass(frozen=True)
class Action:
    """A button of the ticket page; `move` is what the state must allow, `slug` its word in the address."""

    slug: str
    label: str
    move: str | None
    allowed: Callable[[Actor, Ticket], bool]
    run: Run
    form: type[PlainForm | TextForm | EscalateForm | PriorityForm | AssignForm] = PlainForm
    question: str = ""
    is_quiet: bool = False
    # Its text is for the support alone; of every other the school reads it.
    is_internal: bool = False

    @property
    def kind(self) -> str:
        """The name of the form's template part."""
        return self.form.__name__.removesuffix("Form").lower()


def _text(verb: Callable[[Actor, Ticket, str, datetime], object]) -> Run:
    return lambda actor, ticket, form, at: verb(actor, ticket, form.text.data or "", at)


def _plain(verb: Callable[[Actor, Ticket, datetime], object]) -> Run:
    return lambda actor, ticket, form, at: verb(actor, ticket, at)


def _escalate(actor: Actor, ticket: Ticket, form: Any, at: datetime) -> object:
    return service.escalate(actor, ticket, REASONS[Reason(form.reason.data)], at, tried=form.text.data)


def _prioritise(actor: Actor, ticket: Ticket, form: Any, at: datetime) -> object:
    return service.change_priority(actor, ticket, form.impact.data, form.urgency.data, form.text.data, at)


def _assign(actor: Actor, ticket: Ticket, form: Any, at: datetime) -> object:
    return service.assign(actor, ticket, queries.user_to_assign(form.user.data), at)


def _take(actor: Actor, ticket: Ticket, form: Any, at: datetime) -> object:
    return service.assign(actor, ticket, queries.user_to_assign(actor.user_id), at)


def _may_take(actor: Actor, ticket: Ticket) -> bool:
    return (
        ticket.state in OPEN
        and ticket.target is Target.SECOND_LEVEL
        and ticket.assignee_id != actor.user_id
        and policy.may_work_second_level(actor, ticket)
    )


def _open(rule: Callable[[Actor, Ticket], bool]) -> Callable[[Actor, Ticket], bool]:
    return lambda actor, ticket: ticket.state in OPEN and rule(actor, ticket)


# The first one a person may do is the next step of the page; a quiet one never is.
ACTIONS = (
    Action("antworten", "Antwort senden", "answer", policy.may_answer, _text(service.answer), TextForm, "Ihre Antwort"),
    Action("annehmen", "Annehmen", "accept", policy.may_work, _plain(service.accept)),
    Action("uebernehmen", "Übernehmen", None, _may_take, _take),
    Action("geliefert", "Lieferung ist da", "delivered", policy.may_work, _plain(service.delivered)),
    Action(
        "loesen", "Als gelöst melden", "solve", policy.may_handle, _text(service.solve), TextForm, "Was hat geholfen?"
    ),
    Action("abschliessen", "Es funktioniert wieder", "close", policy.is_school_side, _plain(service.close)),
    Action(
        "wieder-oeffnen",
        "Noch nicht gelöst",
        "reopen",
        policy.may_reopen,
        _text(service.reopen),
        TextForm,
        "Was geht noch nicht?",
    ),
    Action(
        "rueckfrage",
        "Schule fragen",
        "ask-school",
        policy.may_handle,
        _text(service.ask_school),
        TextForm,
        "Ihre Frage an die Schule",
        is_quiet=True,
    ),
    Action(
        "lieferung",
        "Auf Lieferung warten",
        "await-supplier",
        policy.may_work,
        _text(service.await_supplier),
        TextForm,
        "Worauf warten wir? Die Schule liest das mit.",
        is_quiet=True,
    ),
    Action(
        "systemhaus",
        "An das Systemhaus geben",
        "escalate",
        policy.may_work,
        _escalate,
        EscalateForm,
        is_quiet=True,
        is_internal=True,
    ),
    Action(
        "zurueckgeben",
        "An das Campusmanagement zurückgeben",
        "give-back",
        policy.may_work_second_level,
        _text(service.give_back),
        TextForm,
        "Was ist vor Ort zu tun?",
        is_quiet=True,
        is_internal=True,
    ),
    Action(
        "dringlichkeit",
        "Dringlichkeit ändern",
        None,
        _open(policy.may_handle),
        _prioritise,
        PriorityForm,
        is_quiet=True,
    ),
    Action("uebergeben", "Jemandem übergeben", None, _open(policy.may_assign), _assign, AssignForm, is_quiet=True),
    Action(
        "zurueckziehen",
        "Meldung zurückziehen",
        "withdraw",
        policy.may_withdraw,
        _text(service.withdraw),
        TextForm,
        "Warum? (freiwillig)",
        is_quiet=True,
    ),
)
MESSAGES = (
    Action("nachricht", "Nachricht senden", None, policy.may_message, _text(service.message), TextForm, "Nachricht"),
    Action(
        "notiz",
        "Notiz speichern",
        None,
        policy.may_note,
        _text(service.note),
        TextForm,
        "Interne Notiz",
        is_internal=True,
    ),
)
BY_SLUG = {action.slug: action for action in (*ACTIONS, *MESSAGES)}


def offered(actor: Actor, ticket: Ticket, *, may_still_reopen: bool) -> list[Action]:
    """Return what this person may do with the ticket as it stands, the next step first."""
    possible = {name for name in names_from(MOVES, ticket.state) if name != "reopen" or may_still_reopen}
    return [
        action
        for action in ACTIONS
        if (action.move is None or action.move in possible) and action.allowed(actor, ticket)
    ]


def messages(actor: Actor, ticket: Ticket, first: Action | None) -> list[Action]:
    """Return the ways to write; a school that is asked something has its answer at the top of the page."""
    allowed = [action for action in MESSAGES if action.allowed(actor, ticket)]
    return [] if first is ACTIONS[0] and len(allowed) == 1 else allowed


def next_step(actions: list[Action]) -> tuple[Action | None, Action | None]:
    """Return what stands at the top of the page, and its opposite where the question is yes or no."""
    steps = [action for action in actions if not action.is_quiet]
    first = steps[0] if steps else None
    asks_whether_it_works = first is not None and first.move == "close"
    return first, next((step for step in steps if step.move == "reopen"), None) if asks_whether_it_works else None
