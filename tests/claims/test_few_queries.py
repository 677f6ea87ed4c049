"""Every list of claims and of their money sends as many queries for three rows as for one."""

from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.claims.models import BankStatement
from itsm.claims.service import statements
from itsm.core.access import Role
from tests.claims.bank_files import camt, entry
from tests.claims.money import keep, make_owed
from tests.claims.steps import clerk
from tests.counting import queries_of
from tests.people import MONDAY_9AM, make_user, sign_in
from tests.saving import at_once

PAGES = (
    "/forderungen",
    "/forderungen/zahlungen",
    "/forderungen/zahlungen/{statement}",
    "/forderungen/buchungen.csv",
    "/schaeden/bearbeitung",
    "/schaeden/sperren",
    "/schaeden/zahlen?ansicht=forderungen",
)


@at_once()
def wait(*, claims: int) -> BankStatement:
    """Let claims be owed, each with a movement that waits, in a statement that is not booked and in one that is."""
    references = [make_owed().reference for _ in range(claims)]
    booked = keep(camt(*(entry(one, "1.00", direction="DBIT") for one in references)))
    statements.book(clerk(), booked, MONDAY_9AM)
    return keep(camt(*(entry(one) for one in references)))


def counted(browser: FlaskClient, statement: BankStatement) -> dict[str, int]:
    """Return how many queries each page sends."""
    found = {}
    for page in PAGES:
        with queries_of() as statements_sent:
            assert browser.get(page.format(statement=statement.id)).status_code == 200
        found[page] = len(statements_sent)
    return found


def test_no_list_asks_anew_for_each_row(client: FlaskClient, session: scoped_session) -> None:
    browser = sign_in(client, make_user(Role.CLAIMS_CLERK))
    one = counted(browser, wait(claims=1))
    assert counted(browser, wait(claims=3)) == one


def test_the_menu_counts_what_waits_once_for_a_page_of_many_parts(client: FlaskClient, session: scoped_session) -> None:
    browser, claim = sign_in(client, make_user(Role.CLAIMS_CLERK)), make_owed()
    with queries_of() as sent:
        assert 'id="konto"' in browser.get(f"/forderungen/{claim.id}").text
    assert sum("count(" in one and "bank_line" in one for one in sent) == 1
