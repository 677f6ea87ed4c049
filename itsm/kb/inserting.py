"""An article in an answer on a ticket: its link, or its steps as plain text.

Source: docs/rules/deflection.md, DF-5.
"""

from datetime import date

from itsm.core.access import Actor
from itsm.core.errors import NotAllowed
from itsm.kb import grammar, markup, reading, search
from itsm.kb.beside import SCHOOL
from itsm.kb.grammar import TooMuch, block_words
from itsm.kb.reading import Card
from itsm.tickets import policy, queries
from itsm.tickets.models import Ticket

FOR_SCHOOL, INTERNAL = "schule", "intern"
LONGEST_STEPS = 3000
MOST = 6


def may_insert(actor: Actor, ticket: Ticket) -> bool:
    """Say whether this person answers schools on this ticket."""
    return policy.may_note(actor, ticket)


def ticket_for(actor: Actor, ticket_id: int) -> Ticket:
    """Return the ticket an article is inserted on.

    Raises: NotFound unless the person sees it; NotAllowed unless they answer on it.
    """
    ticket = queries.get_for(actor, ticket_id)
    if not may_insert(actor, ticket):
        raise NotAllowed("Artikel fügt ein, wer die Störung bearbeitet.")
    return ticket


def reader(actor: Actor, circle: str) -> Actor:
    """Return who will read the entry: for an internal one the person, for any other every school."""
    return actor if circle == INTERNAL else SCHOOL


def offered(actor: Actor, ticket: Ticket, circle: str, line: str, on: date) -> list[Card]:
    """Return the articles that fit a line, without one those that fit the ticket."""
    who = reader(actor, circle)
    if line:
        hits = search.suggest(who, line, on, limit=MOST)
    else:
        hits = search.for_report(who, f"{ticket.title} {ticket.description}", ticket.fault_type_id, on, limit=MOST)
    return reading.cards(who, [hit.article_id for hit in hits], on)


def link(title: str, address: str) -> str:
    """Return the article as a line with its address."""
    return f"Anleitung „{title}“: {address}"


def steps(title: str, body: str, address: str) -> str:
    """Return the numbered steps of an article as text; of one without any its words, cut to a readable length."""
    text = _numbered(body) or markup.plain(body)
    if len(text) > LONGEST_STEPS:
        text = text[:LONGEST_STEPS].rsplit("\n", 1)[0] + "\n…"
    return f"{title}\n{text}\nZum Nachlesen: {address}"


def _numbered(body: str) -> str:
    """The items of the ordered lists, one a line, what stands inside an item below it."""
    try:
        tokens = grammar.parse(body)
    except TooMuch:
        return ""
    lines: list[str] = []
    number, depth, is_new = 0, 0, False
    for token in tokens:
        if token.type == "ordered_list_open":
            depth += 1
            number = int(token.attrs.get("start", 1)) - 1 if depth == 1 else number
        elif token.type == "ordered_list_close":
            depth -= 1
        elif token.type == "list_item_open" and depth == 1 and token.markup in (".", ")"):
            number, is_new = number + 1, True
        elif token.type == "inline" and depth and (words := block_words(token).strip()):
            lines.append(f"{number}. {words}" if is_new else f"   – {words}")
            is_new = False
    return "\n".join(lines)
