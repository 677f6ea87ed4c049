"""What can be done on the page of a claim: one row per button, with its rule and its verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsm.claims import claim_record
from itsm.claims.claim_forms import AnswerForm, DeferForm, FindingForm, LimitationForm, TextForm
from itsm.claims.claim_record import Standing
from itsm.claims.models import Claim
from itsm.claims.service import claiming, examining, relief
from itsm.claims.states import CLAIM_MOVES, ClaimState
from itsm.core.access import Actor
from itsm.core.actions import ActionForm, Button, next_first
from itsm.core.states import names_from

Run = Callable[[Actor, Claim, Any, datetime], object]


def _always(standing: Standing) -> bool:
    return True


@dataclass(frozen=True)
class Action(Button[Claim]):
    """A button of the page; `move` is what the state must allow, `slug` its word in the address."""

    slug: str
    label: str
    move: str | None
    run: Run
    form: type[ActionForm] = ActionForm
    allowed: Callable[[Standing], bool] = _always
    question: str = ""
    # What is said when it is done.
    done: str = "Gespeichert."
    # Whether it is the next step of the page as the claim stands.
    is_next: Callable[[Standing], bool] = lambda _: False

    stamp = staticmethod(claim_record.stamp)


def _text(verb: Callable[[Actor, Claim, str, datetime], object]) -> Run:
    return lambda actor, claim, form, at: verb(actor, claim, form.text.data or "", at)


def _as_seen(
    verb: Callable[[Actor, Claim, datetime], object], may: Callable[[Actor, Claim], object] | None = None
) -> Run:
    def run(actor: Actor, claim: Claim, form: Any, at: datetime) -> None:
        if may is not None:
            may(actor, claim)
        claim_record.as_seen(claim, form.seen.data)
        verb(actor, claim, at)

    return run


def _answer(actor: Actor, claim: Claim, form: Any, at: datetime) -> None:
    claiming.answered(actor, claim, form.on.data, form.text.data or "", at)


def _defer(actor: Actor, claim: Claim, form: Any, at: datetime) -> None:
    relief.defer(actor, claim, form.until.data, form.text.data or "", at)


def _find(actor: Actor, claim: Claim, form: Any, at: datetime) -> None:
    examining.record(actor, claim, form.finding, at)


def _limit(actor: Actor, claim: Claim, form: Any, at: datetime) -> None:
    relief.set_limitation(actor, claim, form.suspended_days.data, form.is_at_court.data, at)


def _take_over(actor: Actor, claim: Claim, form: Any, at: datetime) -> None:
    examining.take_over(actor, claim, at)


def _is_asked(standing: Standing) -> bool:
    return standing.claim.waiver_asked_by_id is not None


# The first one that says so is the next step of the page; the others wait below.
ACTIONS = (
    Action(
        "fallen-lassen",
        "Keine Forderung, fallen lassen",
        "drop",
        _text(claiming.drop),
        TextForm,
        question="Warum wird nichts gefordert?",
        done="Die Forderung ist fallen gelassen.",
        is_next=lambda it: it.should_drop,
    ),
    Action(
        "vorschlagen",
        "Betrag vorschlagen",
        "propose",
        _as_seen(claiming.propose),
        allowed=lambda it: not it.missing,
        done="Der Betrag ist vorgeschlagen. Jetzt ist eine zweite Person dran.",
        is_next=_always,
    ),
    Action(
        "freigeben",
        "Betrag freigeben",
        "approve",
        _as_seen(claiming.approve, claiming.check_second),
        allowed=lambda it: it.may_approve and not it.missing,
        done="Der Betrag ist freigegeben.",
        is_next=_always,
    ),
    Action(
        "erlassen",
        "Dem Erlass zustimmen",
        "waive",
        _as_seen(relief.waive, relief.check_second),
        allowed=lambda it: it.may_waive,
        done="Der Rest ist erlassen.",
        is_next=_always,
    ),
    Action(
        "vollstrecken",
        "An die Vollstreckung geben",
        "enforce",
        _text(relief.enforce),
        TextForm,
        allowed=lambda it: it.is_overdue,
        question="An wen, und unter welchem Zeichen?",
        done="Die Forderung ist an die Vollstreckung gegeben.",
        is_next=_always,
    ),
    Action(
        "antwort",
        "Antwort auf die Anhörung eintragen",
        None,
        _answer,
        AnswerForm,
        allowed=lambda it: it.claim.state is ClaimState.HEARING,
        done="Die Antwort ist eingetragen.",
    ),
    Action(
        "zurueckgeben",
        "Zurückgeben",
        "send-back",
        _text(claiming.send_back),
        TextForm,
        question="Was ist noch zu tun?",
        done="Die Forderung ist zurückgegeben.",
    ),
    Action(
        "stunden",
        "Stunden",
        "defer",
        _defer,
        DeferForm,
        done="Die Forderung ist gestundet. Bitte schicken Sie den Brief dazu.",
    ),
    Action(
        "niederschlagen",
        "Niederschlagen (nur intern)",
        "suspend",
        _text(relief.suspend),
        TextForm,
        question="Warum lohnt die Einziehung zurzeit nicht? Wer zahlen soll, erfährt davon nichts.",
        done="Die Forderung ruht. Die Verjährung läuft weiter.",
    ),
    Action(
        "fortsetzen",
        "Wieder als Ganzes fordern",
        "resume",
        _text(relief.resume),
        TextForm,
        question="Warum?",
        done="Die Forderung wird wieder eingezogen.",
    ),
    Action(
        "erlass-beantragen",
        "Erlass beantragen",
        "waive",
        _text(relief.ask_waiver),
        TextForm,
        allowed=lambda it: not _is_asked(it),
        question="Worin liegt die besondere Härte?",
        done="Der Erlass ist beantragt. Eine zweite Person entscheidet.",
    ),
    Action(
        "erlass-ablehnen",
        "Erlass ablehnen oder zurückziehen",
        "waive",
        _text(relief.refuse_waiver),
        TextForm,
        allowed=_is_asked,
        question="Warum?",
        done="Der Erlass ist vom Tisch.",
    ),
    Action(
        "zuruecknehmen",
        "Forderung zurücknehmen",
        "cancel",
        _text(relief.cancel),
        TextForm,
        question="Warum? Was schon gezahlt wurde, ist zurückzugeben.",
        done="Die Forderung ist zurückgenommen.",
    ),
    Action(
        "wieder-aufnehmen",
        "Wieder aufnehmen",
        "take-up",
        _text(claiming.take_up),
        TextForm,
        question="Was ist neu?",
        done="Die Forderung wird wieder geprüft.",
    ),
    Action(
        "uebernehmen",
        "Selbst bearbeiten",
        None,
        _take_over,
        allowed=lambda it: it.claim.over_at is None and it.claim.clerk_id != it.actor.user_id,
        done="Die Forderung liegt jetzt bei Ihnen.",
    ),
)
IN_PLACE = (
    Action("verschulden", "Speichern", None, _find, FindingForm, allowed=lambda it: it.is_open),
    Action("verjaehrung", "Speichern", None, _limit, LimitationForm, allowed=lambda it: it.claim.over_at is None),
)
BY_SLUG = {action.slug: action for action in (*ACTIONS, *IN_PLACE)}


def offered(standing: Standing) -> tuple[Action | None, list[Action]]:
    """Return the next step of the page, if there is one, and what else this person may do with the claim."""
    possible = names_from(CLAIM_MOVES, standing.claim.state)
    found = [one for one in ACTIONS if (one.move is None or one.move in possible) and one.allowed(standing)]
    return next_first(found, lambda action: action.is_next(standing))


def in_place(standing: Standing) -> dict[str, Action]:
    """Return what this person may change where it stands, by slug."""
    return {action.slug: action for action in IN_PLACE if action.allowed(standing)}
