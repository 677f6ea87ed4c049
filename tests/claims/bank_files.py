"""Statements as banks write them, with what a test wants in them."""

from collections.abc import Sequence

from markupsafe import escape

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"


def entry(
    purpose: str | Sequence[str] = "",
    amount: str = "113.70",
    *,
    direction: str = "CRDT",
    day: str = "2026-11-13",
    currency: str = "EUR",
    number: str = "",
    payer: str = "Kim Beispiel",
    status: str = "BOOK",
    reversal: bool = False,
    details: str | None = None,
) -> str:
    """Return one entry of version 001.02; `details` stands in for the one payment of it."""
    lines = [purpose] if isinstance(purpose, str) else purpose
    ustrd = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in lines)
    side = "Dbtr" if direction == "CRDT" else "Cdtr"
    one = (
        f"<TxDtls><RltdPties><{side}><Nm>{escape(payer)}</Nm></{side}></RltdPties><RmtInf>{ustrd}</RmtInf></TxDtls>"
        if details is None
        else details
    )
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"{'<RvslInd>true</RvslInd>' if reversal else ''}<Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"{f'<AcctSvcrRef>{number}</AcctSvcrRef>' if number else ''}<NtryDtls>{one}</NtryDtls></Ntry>"
    )


def part(purpose: str, amount: str, *, direction: str = "", currency: str = "EUR") -> str:
    """Return one payment of a batch as version 001.08 has it."""
    sign = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    return (
        f'<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt>{sign}'
        f"<RltdPties><Dbtr><Pty><Nm>Alex Muster</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(purpose)}</Ustrd></RmtInf></TxDtls>"
    )


def camt(*entries: str, version: str = "02", head: str = "") -> bytes:
    """Return a statement of entries."""
    space = NAMESPACE.format(version=version)
    text = "".join(entries)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="{space}"><BkToCstmrStmt>'
        f"<Stmt><Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>{text}</Stmt>"
        f"</BkToCstmrStmt></Document>"
    ).encode()


def export(
    *rows: str, head: str = "Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Waehrung"
) -> bytes:
    """Return a CSV export as a savings bank writes it."""
    return "\r\n".join([head, *rows]).encode("cp1252")
