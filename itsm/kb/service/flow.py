"""One verb per move of an article: who may, what has to be said with it, and who hears of it.

Source: docs/rules/articles.md, KB-1 to KB-5.
"""

from datetime import date, datetime, timedelta

from itsm.accounts.models import User
from itsm.core import clock, figures
from itsm.core.access import Actor
from itsm.core.errors import DomainError, NotAllowed
from itsm.kb import flow_figures, notices, policy
from itsm.kb.models import Article
from itsm.kb.service import articles
from itsm.kb.states import State

EDITORS_ONLY = "Das kann nur die Redaktion. Bitte wenden Sie sich an sie."
TENDING_ONLY = "Das können die Redaktion und wer für den Artikel verantwortlich ist."


def ask(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Ask the school that submitted the article; it reads the question.

    Raises: NotAllowed unless an editor asks; DomainError without a question.
    """
    _check(policy.may_edit(actor, article), EDITORS_ONLY)
    articles.move(actor, article, "ask", at, _said(text, "Bitte schreiben Sie Ihre Frage."), is_public=True)
    notices.asked(article, text, at)


def answer(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Answer the question of the editors.

    Raises: NotAllowed unless this person submitted the article; DomainError without an answer.
    """
    _check(policy.has_submitted(actor, article), "Antworten kann nur, wer den Artikel eingereicht hat.")
    articles.move(actor, article, "answer", at, _said(text, "Bitte schreiben Sie Ihre Antwort."), is_public=True)
    notices.answered(article, text, at)


def accept(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Take a submission over with thanks; it becomes a draft of this editor.

    Raises: NotAllowed unless an editor accepts.
    """
    _check(policy.may_edit(actor, article), EDITORS_ONLY)
    articles.move(actor, article, "accept", at, text.strip(), is_public=True)
    article.owner_id = actor.user_id
    notices.accepted(article, text.strip(), at)


def decline(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Say in a friendly sentence why a submission is not taken over.

    Raises: NotAllowed unless an editor declines; DomainError without the sentence.
    """
    _check(policy.may_edit(actor, article), EDITORS_ONLY)
    said = _said(text, "Bitte schreiben Sie der Schule in einem freundlichen Satz, warum.")
    articles.move(actor, article, "decline", at, said, is_public=True)
    notices.declined(article, said, at)


def revise(actor: Actor, article: Article, at: datetime) -> None:
    """Begin to work on a published article; readers keep what they see.

    Raises: NotAllowed unless this person tends the article.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    articles.move(actor, article, "revise", at)


def hand_in(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Give the working text to a second person for review; one that was published is revised by this.

    Raises: NotAllowed unless this person tends the article; DomainError for an article that says nothing.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    if article.state in (State.PUBLISHED, State.NEEDS_UPDATE):
        articles.move(actor, article, "revise", at)
    if not article.german.body.strip():
        raise DomainError("Der Artikel hat noch keinen Text. Bitte schreiben Sie ihn zuerst.")
    articles.move(actor, article, "hand-in", at, text.strip())


def send_back(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Give an article back to be worked on, with what is to be done.

    Raises: NotAllowed unless this person tends the article; DomainError without a reason.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    said = _said(text, "Bitte schreiben Sie, was noch zu tun ist.")
    articles.move(actor, article, "send-back", at, said)
    notices.sent_back(actor, article, said, at)


def publish(actor: Actor, article: Article, at: datetime) -> None:
    """Let readers see the working texts, and set the day of the next review.

    Raises: NotAllowed unless an editor publishes who wrote nothing of it (KB-3).
    """
    is_first = article.published_at is None
    articles.publish(actor, article, at)
    article.review_on = next_review(at)
    if is_first:
        notices.published(article, at)


def flag(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Say that a published article needs to be worked on; readers still find it.

    Raises: NotAllowed unless this person tends the article; DomainError without a reason.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    articles.move(actor, article, "flag", at, _said(text, "Bitte schreiben Sie, was nicht mehr stimmt."))


def confirm(actor: Actor, article: Article, at: datetime) -> None:
    """Say that an article is still right; it is looked at again after the usual time.

    Raises: NotAllowed unless this person tends the article.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    articles.move(actor, article, "confirm", at)
    article.review_on = next_review(at)


def archive(actor: Actor, article: Article, text: str, at: datetime) -> None:
    """Take an article away from the readers for good, with the reason.

    Raises: NotAllowed unless an editor does it; DomainError without a reason.
    """
    _check(policy.may_edit(actor, article), EDITORS_ONLY)
    articles.move(actor, article, "archive", at, _said(text, "Bitte schreiben Sie, warum."))


def reopen(actor: Actor, article: Article, at: datetime) -> None:
    """Make a draft of an archived article again.

    Raises: NotAllowed unless an editor does it.
    """
    _check(policy.may_edit(actor, article), EDITORS_ONLY)
    articles.move(actor, article, "reopen", at)
    article.owner_id = article.owner_id or actor.user_id


def hand_over(actor: Actor, article: Article, owner: User, deputy: User | None, at: datetime) -> None:
    """Say who is responsible for an article and who stands in.

    Raises: NotAllowed unless this person tends the article; DomainError if both are the same.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    if owner is deputy:
        raise DomainError("Die Vertretung muss jemand anderes sein als die verantwortliche Person.")
    article.owner, article.deputy = owner, deputy
    names = owner.name + (f", Vertretung {deputy.name}" if deputy else "")
    articles.note(actor, article, "hand-over", at, text=names)


def set_days(actor: Actor, article: Article, review_on: date | None, valid_until: date | None, at: datetime) -> None:
    """Say when an article is to be reviewed and until when readers find it.

    Raises: NotAllowed unless this person tends the article.
    """
    _check(policy.may_tend(actor, article), TENDING_ONLY)
    article.review_on, article.valid_until = review_on, valid_until
    articles.note(actor, article, "set-days", at)


def next_review(at: datetime) -> date:
    """Return the day on which what is published now has to be looked at again (KB-6)."""
    today = clock.local_day(at)
    return today + timedelta(days=figures.value(flow_figures.REVIEW_DAYS, today))


def _check(allowed: bool, sentence: str) -> None:
    if not allowed:
        raise NotAllowed(sentence)


def _said(text: str, sentence: str) -> str:
    if not text.strip():
        raise DomainError(sentence)
    return text.strip()
