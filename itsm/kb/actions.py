"""What can be done on the editors' page of an article: one row per button, with its rule and its verb."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.actions import ActionForm, Button, next_first
from itsm.core.states import names_from
from itsm.kb import policy, record
from itsm.kb.flow_forms import DaysForm, OwnerForm, TextForm
from itsm.kb.models import Article
from itsm.kb.record import Standing
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service import flow
from itsm.kb.states import MOVES, State

Run = Callable[[Actor, Article, Any, datetime], object]


def _always(standing: Standing) -> bool:
    return True


@dataclass(frozen=True)
class Action(Button[Article]):
    """A button of the page; `move` is what the state must allow, `slug` its word in the address."""

    slug: str
    label: str
    move: str | None
    allowed: Callable[[Standing], bool]
    run: Run
    form: type[ActionForm] = ActionForm
    question: str = ""
    # The page that comes next.
    leads_to: str = "kb.work"
    # Whether it is the next step of the page as the article stands.
    is_next: Callable[[Standing], bool] = lambda _: False

    stamp = staticmethod(record.stamp)


def _text(verb: Callable[[Actor, Article, str, datetime], object]) -> Run:
    return lambda actor, article, form, at: verb(actor, article, form.text.data or "", at)


def _plain(verb: Callable[[Actor, Article, datetime], object]) -> Run:
    return lambda actor, article, form, at: verb(actor, article, at)


def _publish(actor: Actor, article: Article, form: Any, at: datetime) -> None:
    record.as_seen(article, form.seen.data)
    flow.publish(actor, article, at)


def _confirm(actor: Actor, article: Article, form: Any, at: datetime) -> None:
    record.as_seen(article, form.seen.data)
    flow.confirm(actor, article, at)


def _hand_over(actor: Actor, article: Article, form: Any, at: datetime) -> None:
    record.as_seen(article, form.seen.data)
    on = clock.local_day(at)
    deputy = record.named(form.deputy.data, on) if form.deputy.data else None
    flow.hand_over(actor, article, record.named(form.owner.data, on), deputy, at)


def _set_days(actor: Actor, article: Article, form: Any, at: datetime) -> None:
    record.as_seen(article, form.seen.data)
    flow.set_days(actor, article, form.review_on.data, form.valid_until.data, at)


def _tends(standing: Standing) -> bool:
    return policy.may_tend(standing.actor, standing.article)


def _edits(standing: Standing) -> bool:
    return policy.may_edit(standing.actor, standing.article)


def _may_hand_in(standing: Standing) -> bool:
    # A published article goes straight to review with what was written in it since.
    return _tends(standing) and (standing.article.state is State.DRAFT or bool(standing.changes))


def _is_thrown_away(standing: Standing) -> bool:
    return policy.is_editor(standing.actor) and standing.article.deleted_at is not None


# The first one that says so is the next step of the page; the others wait below.
ACTIONS = (
    Action(
        "zurueckholen", "Aus dem Papierkorb holen", None, _is_thrown_away, _plain(recycle_bin.take_out), is_next=_always
    ),
    Action(
        "annehmen",
        "Mit Dank übernehmen",
        "accept",
        _edits,
        _text(flow.accept),
        TextForm,
        "Ihr Dank an die Schule (freiwillig)",
        is_next=lambda it: it.article.state is State.SUBMITTED,
    ),
    Action("fragen", "Schule fragen", "ask", _edits, _text(flow.ask), TextForm, "Ihre Frage. Die Schule liest sie."),
    Action(
        "ablehnen",
        "Nicht übernehmen",
        "decline",
        _edits,
        _text(flow.decline),
        TextForm,
        "Warum? Ein freundlicher Satz, die Schule liest ihn.",
    ),
    Action("veroeffentlichen", "Veröffentlichen", "publish", lambda it: it.may_publish, _publish, is_next=_always),
    Action(
        "zur-pruefung",
        "Zur Prüfung geben",
        "hand-in",
        _may_hand_in,
        _text(flow.hand_in),
        TextForm,
        "Was ist neu? Das hilft, wer prüft. (freiwillig)",
        is_next=_always,
    ),
    Action(
        "zurueckgeben",
        "Noch nicht fertig, zurückgeben",
        "send-back",
        _tends,
        _text(flow.send_back),
        TextForm,
        "Was ist noch zu tun?",
    ),
    Action("stimmt", "Geprüft, stimmt noch", "confirm", _tends, _confirm, is_next=lambda it: it.is_due),
    Action(
        "ueberarbeiten",
        "Überarbeiten",
        "revise",
        _tends,
        _plain(flow.revise),
        leads_to="kb.edit",
        is_next=lambda it: it.article.state is State.NEEDS_UPDATE,
    ),
    Action("stimmt-nicht", "Stimmt nicht mehr", "flag", _tends, _text(flow.flag), TextForm, "Was stimmt nicht mehr?"),
    Action("wieder-oeffnen", "Wieder zum Entwurf machen", "reopen", _edits, _plain(flow.reopen), is_next=_always),
    Action(
        "archivieren",
        "Archivieren",
        "archive",
        _edits,
        _text(flow.archive),
        TextForm,
        "Warum? Leser*innen finden den Artikel danach nicht mehr.",
    ),
    Action("loeschen", "In den Papierkorb", None, _edits, _text(recycle_bin.throw_away), TextForm, "Warum?"),
)
IN_PLACE = (
    Action("verantwortlich", "Speichern", None, _tends, _hand_over, OwnerForm),
    Action("termine", "Speichern", None, _tends, _set_days, DaysForm),
)
BY_SLUG = {action.slug: action for action in (*ACTIONS, *IN_PLACE)}


def offered(standing: Standing) -> tuple[Action | None, list[Action]]:
    """Return the next step of the page, if there is one, and what else this person may do with the article."""
    possible = set(names_from(MOVES, standing.article.state))
    if "revise" in possible:
        possible.add("hand-in")
    found = [one for one in ACTIONS if (one.move is None or one.move in possible) and one.allowed(standing)]
    return next_first(found, lambda action: action.is_next(standing))


def in_place(standing: Standing) -> dict[str, Action]:
    """Return what this person may change where it stands, by slug."""
    return {action.slug: action for action in IN_PLACE if action.allowed(standing)}
