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
    batch_of: int = 0,
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
        f"{f'<AcctSvcrRef>{number}</AcctSvcrRef>' if number else ''}<NtryDtls>"
        f"{f'<Btch><NbOfTxs>{batch_of}</NbOfTxs></Btch>' if batch_of else ''}{one}</NtryDtls></Ntry>"
    )


def part(purpose: str, amount: str, *, direction: str = "", currency: str = "EUR") -> str:
    """Return one payment of a batch as version 001.08 has it."""
    sign = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    return (
        f'<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt>{sign}'
        f"<RltdPties><Dbtr><Pty><Nm>Alex Muster</Nm></Pty></Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(purpose)}</Ustrd></RmtInf></TxDtls>"
    )


def page(*entries: str, number: int = 1) -> str:
    """Return one page of a statement."""
    return (
        f"<Stmt><Id>{number}</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>{''.join(entries)}"
        "<AddtlStmtInf>Ende</AddtlStmtInf></Stmt>"
    )


def pages(*texts: str, version: str = "02", head: str = "") -> bytes:
    """Return a file of pages."""
    space = NAMESPACE.format(version=version)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="{space}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr>{''.join(texts)}</BkToCstmrStmt></Document>"
    ).encode()


def camt(*entries: str, version: str = "02", head: str = "") -> bytes:
    """Return a statement of entries on one page."""
    return pages(page(*entries), version=version, head=head)


def export(
    *rows: str, head: str = "Buchungstag;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag;Waehrung"
) -> bytes:
    """Return a CSV export as a savings bank writes it."""
    return "\r\n".join([head, *rows]).encode("cp1252")
