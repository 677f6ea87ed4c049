"""The parts a letter is made of, as the template takes them."""

from collections.abc import Iterable, Sequence
from typing import Any

from itsm.claims import epc, iban
from itsm.claims.letters.address import clean
from itsm.claims.letters.amounts import money
from itsm.claims.letters.facts import Facts
from itsm.claims.reference import shown

Block = dict[str, Any]


def text(*sentences: str) -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": " ".join(sentence for sentence in sentences if sentence)}


def strong(*sentences: str) -> Block:
    """Return a paragraph that stands out."""
    return text(*sentences) | {"kind": "strong"}


def heading(words: str) -> Block:
    """Return a heading inside the letter."""
    return {"kind": "heading", "text": words}


def table(labels: Iterable[str], rows: Sequence[Sequence[str]]) -> Block:
    """Return a table: words in its first column, numbers in the others."""
    columns = [{"label": label, "wide": place == 0, "number": place > 0} for place, label in enumerate(labels)]
    return {"kind": "table", "columns": columns, "rows": [list(row) for row in rows]}


def payment(facts: Facts, cents: int, title: str, until: str) -> Block:
    """Return the box with all a transfer needs, as text and for the code of a banking app; same data in both.

    Raises: DomainError for a wrong IBAN of the city or nothing to pay.
    """
    sender, reference = facts.sender, facts.claim.reference
    account = iban.shown(iban.clean(sender.iban))
    rows = [
        ["Empfänger", clean(sender.creditor)],
        ["IBAN", account],
        *([["BIC", clean(sender.bic)]] if sender.bic else []),
        ["Betrag", money(cents)],
        ["Verwendungszweck", shown(reference)],
        ["Zahlbar bis", until],
    ]
    return {
        "kind": "payment",
        "title": title,
        "rows": rows,
        "transfer": list(epc.transfer(sender.creditor, sender.iban, cents, reference)),
        "caption": "zum Scannen mit der Banking-App",
        "alt": f"QR-Code für die Überweisung: Empfänger {clean(sender.creditor)}, IBAN {account}, "
        f"Betrag {money(cents)}, Verwendungszweck {shown(reference)}. Dieselben Angaben stehen daneben als Text.",
    }


def drawn(block: Block) -> Block:
    """Return a block with its code drawn, if it is to have one: that takes longer than all the rest of a letter."""
    if "transfer" not in block or "code" in block:
        return block
    return block | {"code": epc.svg(*block["transfer"]).strip()}


def said(block: Block) -> Block:
    """Return a block without the drawing, which says nothing that the block does not say."""
    return {name: value for name, value in block.items() if name != "code"}
