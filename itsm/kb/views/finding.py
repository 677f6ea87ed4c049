"""The search of the knowledge base: its page, what shows while typing, and its part of the one search."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from itsm.accounts import limits
from itsm.core import clock
from itsm.core.access import Actor, Verb
from itsm.core.db import writing
from itsm.core.errors import TooMany
from itsm.core.forms import single_line
from itsm.core.web import actor
from itsm.kb import markup, reading, search
from itsm.kb.excerpts import Marker
from itsm.kb.models import Article
from itsm.kb.reading import Card
from itsm.kb.service import searches
from itsm.kb.views import narrowing
from itsm.kb.views.blueprint import bp
from itsm.kb.views.narrowing import Narrowing
from itsm.kb.views.pages import SIZE, Pages

LONGEST_LINE = 200
# Nobody turns to an eleventh page; the total says that there is more.
MOST_SHOWN = 200
# What the one search shows of articles beside devices, schools and tickets.
SOME = 5


@dataclass(frozen=True)
class Match:
    """An article that was found, with the words of the line marked in its title and in the best part of its text."""

    card: Card
    title: Markup
    text: Markup


@bp.get("/wissen/suche")
def results() -> ResponseReturnValue:
    """Show the articles that match a line; without a line all of them by title."""
    line, on, narrowed = _line(), clock.local_day(clock.now()), narrowing.read()
    may_report = actor().may_somewhere(Verb.TICKET_REPORT)
    if not line:
        return listing("kb/results.html", narrowed, line=line, may_report=may_report)
    found = search.find(actor(), line, on, filters=narrowed.filters, limit=MOST_SHOWN)
    ids = [hit.article_id for hit in found.hits]
    pages = Pages(narrowed.kept, len(ids))
    html = render_template(
        "kb/results.html",
        line=line,
        total=found.total,
        matches=_matches(line, ids[pages.first : pages.first + SIZE], on),
        pages=pages,
        narrowed=narrowed,
        offered=narrowed.offered(reading.facets(actor(), on, Article.id.in_(ids))),
        may_report=may_report,
    )
    if pages.shown == 1 and not narrowed.chosen:
        _note(line, found.total, on)
    return html


@bp.get("/wissen/suche/live")
def live() -> ResponseReturnValue:
    """Offer the best articles for what has been typed so far, as options below the box."""
    line, on = _line(), clock.local_day(clock.now())
    ids = [hit.article_id for hit in search.suggest(actor(), line, on)] if line else []
    everywhere = actor().signed_in and "alles" in request.args
    cards = reading.cards(actor(), ids, on)
    marker = Marker(line)
    matches = [Match(card, marker.highlight(card.title), Markup()) for card in cards]
    return render_template("kb/_live.html", line=line, matches=matches, everywhere=everywhere)


def listing(template: str, narrowed: Narrowing, **more: object) -> str:
    """Show one page of the articles that are left, by title."""
    on, pages = clock.local_day(clock.now()), Pages(narrowed.kept)
    pages.total, cards = reading.listed(actor(), on, narrowed.filters, limit=SIZE, offset=pages.first)
    offered = narrowed.offered(reading.facets(actor(), on, *search.conditions(narrowed.filters)))
    return render_template(
        template, cards=cards, pages=pages, total=pages.total, narrowed=narrowed, offered=offered, **more
    )


def in_one_search(actor: Actor, text: str) -> str:
    """Show the best articles among what the one search finds, and count a line that is about articles."""
    on = clock.local_day(clock.now())
    found = search.find(actor, text, on, limit=SOME)
    if found.total:
        with writing():
            searches.note(text, found.total, on)
    matches = _matches(text, [hit.article_id for hit in found.hits], on)
    return render_template("kb/_found.html", line=text, total=found.total, matches=matches)


def _note(line: str, hits: int, on: date) -> None:
    """Count a search; beyond some a stranger's are answered all the same, but fill no table."""
    with suppress(TooMany), writing():
        if not actor().signed_in:
            limits.take(searches.OF_STRANGER, request.remote_addr or "", clock.now())
        searches.note(line, hits, on)


def _matches(line: str, article_ids: Sequence[int], on: date) -> list[Match]:
    marker = Marker(line)
    return [
        Match(card, marker.highlight(card.title), marker.excerpt(f"{card.summary} {markup.plain(card.body)}"))
        for card in reading.cards(actor(), article_ids, on)
    ]


def _line() -> str:
    return str(single_line(request.args.get("q", "")))[:LONGEST_LINE]
