"""From what is known to the paper: the letter as the template takes it, and one PDF of one or many.

Source: docs/rules/claims.md, CL-51.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from itsm.claims.letters import address, blocks, texts
from itsm.claims.letters.amounts import day
from itsm.claims.letters.facts import Facts
from itsm.claims.reference import shown
from itsm.core import pdf
from itsm.core.errors import DomainError

TEMPLATE = Path(__file__).parents[3] / "templates" / "claims" / "letters" / "letter.typ"
PREVIEW = "Vorschau – noch kein Brief"

Words = dict[str, Any]


class Printed(NamedTuple):
    """A letter as it is kept: its words with the code drawn, and the paper."""

    words: Words
    pdf: bytes


def compose(facts: Facts, mark: str = "") -> Words:
    """Return the words of a letter, each at its place; `mark` says on the paper what it is not.

    Raises: DomainError where a setting of the sender is missing.
    """
    _check_sender(facts)
    sender, claim = facts.sender, facts.claim
    info = [
        ["Unser Zeichen", claim.number],
        ["Kassenzeichen", shown(claim.reference)],
        *([["Ansprechperson", address.clean(claim.clerk.name)]] if claim.clerk else []),
        ["Telefon", sender.phone],
        ["E-Mail", sender.mail],
        ["Datum", day(facts.on)],
    ]
    return {
        "city": sender.city,
        "office": sender.office,
        "sender": " · ".join((sender.city, sender.office, sender.street, sender.place)),
        "address": address.lines(facts.debtor, facts.on),
        "info": info,
        "mark": mark,
        "subject": texts.subject(facts),
        "salutation": address.salutation(facts.debtor, facts.on),
        "blocks": [*texts.body(facts), *_end(facts)],
        "closing": ["Mit freundlichen Grüßen", sender.city, sender.office],
    }


def drawn(words: Words) -> Words:
    """Return the words of a letter with the code to pay drawn, as the template takes them."""
    return words | {"blocks": [blocks.drawn(block) for block in words["blocks"]]}


def said(words: Words) -> Words:
    """Return what a letter says, as `compose` returns it: two letters that say the same are the same."""
    return words | {"blocks": [blocks.said(block) for block in words.get("blocks", [])]}


def printed(words: Words) -> Printed:
    """Return a letter as it is kept. Needs nothing but the words, so that several can be set side by side."""
    whole = drawn(words)
    return Printed(whole, write([whole]))


def write(letters: Sequence[Words], title: str = "") -> bytes:
    """Return one PDF/UA of all these letters, each with pages of its own."""
    first = letters[0]
    words = {
        "title": title or first["subject"],
        "author": f"{first['city']}, {first['office']}",
        "foot": first["sender"],
        "letters": [drawn(letter) for letter in letters],
    }
    return pdf.fill(TEMPLATE, words)


def _end(facts: Facts) -> list[blocks.Block]:
    ask = blocks.text(
        f"Haben Sie Fragen? Sie erreichen uns unter {facts.sender.phone} oder {facts.sender.mail}. "
        f"Bitte nennen Sie unser Zeichen {facts.claim.number}."
    )
    if not facts.is_act:
        return [ask]
    remedy = (
        "Gegen diesen Bescheid können Sie innerhalb eines Monats nach seiner Bekanntgabe Klage erheben beim "
        f"{facts.sender.court}. Die Klage ist schriftlich, elektronisch nach § 55a VwGO oder zur Niederschrift des "
        "Gerichts zu erheben."
    )
    return [ask, blocks.heading("Rechtsbehelfsbelehrung"), blocks.text(remedy)]


def _check_sender(facts: Facts) -> None:
    missing = facts.sender.missing
    if facts.is_act and not facts.sender.court:
        missing = [*missing, "ITSM_LETTER_COURT"]
    if missing:
        raise DomainError(
            f"Für Briefe fehlt in der Einrichtung: {', '.join(missing)}. Bitte lassen Sie das vom Betrieb eintragen."
        )
