"""The steps of a case as the claims staff takes them on its page."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from itsm.assets.states import State as DeviceState
from itsm.claims import actions
from itsm.claims.kinds import Cause, Kind
from itsm.claims.models import DamageCase
from itsm.claims.service import repairs
from itsm.claims.service.repairs import Told
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.db import db
from tests.assets.factories import make_device, make_loan
from tests.claims.factories import in_state, make_case, make_examined, make_valuation
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in

pytestmark = pytest.mark.usefixtures("session")

FACTS = {"kind": "damage", "statistics_class": "damage", "cause": "drop", "needs_replacement": "y"}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """The browser of a clerk."""
    return sign_in(client, make_user(Role.CLAIMS_CLERK, name="Alex Schaden"))


def send(client: FlaskClient, case: DamageCase, slug: str, seen: int | None = None, **typed: str) -> tuple[int, str]:
    """Send the form of one action; return status and page."""
    data = {f"{slug}-{name}": value for name, value in typed.items()}
    data[f"{slug}-seen"] = str(case.version_id if seen is None else seen)
    answer = client.post(f"/schaeden/{case.id}/{slug}", data=data)
    db.session.expire_all()
    return answer.status_code, answer.get_data(as_text=True)


def page_of(client: FlaskClient, case: DamageCase) -> str:
    return client.get(f"/schaeden/{case.id}").get_data(as_text=True)


def test_from_the_report_over_a_repair_to_the_closed_case(desk: FlaskClient) -> None:
    case = make_case()
    assert "Ihr nächster Schritt: Fall prüfen" in page_of(desk, case)
    assert send(desk, case, "pruefen", **FACTS)[0] == 303
    assert (case.state, case.cause) == (State.EXAMINED, Cause.DROP)
    assert case.clerk is not None and case.clerk.name == "Alex Schaden"
    page = page_of(desk, case)
    ways = [page.index(f'action="/schaeden/{case.id}/{slug}"') for slug in ("ersetzen", "reparieren", "aussondern")]
    assert max(ways) < page.index("Weitere Schritte")
    assert send(desk, case, "reparieren", supplier="iFix GmbH")[0] == 303
    assert "Dran ist: iFix GmbH" in page_of(desk, case)
    repair = case.repairs[0]
    fields = {"supplier": "iFix GmbH", "returned_on": "16.11.2026", "invoice_gross_cents": "113,05"}
    fields |= {"invoiced_on": "16.11.2026", "seen": str(case.version_id)}
    typed = {f"reparatur-{repair.id}-{name}": value for name, value in fields.items()}
    assert desk.post(f"/schaeden/{case.id}/reparaturen/{repair.id}", data=typed).status_code == 303
    db.session.expire_all()
    assert (repair.returned_on, repair.invoice_gross_cents) == (date(2026, 11, 16), 11_305)
    assert "Ihr nächster Schritt: Fall abschließen" in page_of(desk, case)
    assert send(desk, case, "abschliessen")[0] == 303
    assert case.state is State.CLOSED
    assert send(desk, case, "wieder-aufnehmen")[0] == 422
    assert send(desk, case, "wieder-aufnehmen", text="Noch eine Rechnung.")[0] == 303


def test_what_turns_out_to_be_a_theft_has_no_day_it_came_back(desk: FlaskClient) -> None:
    case = make_case()
    assert send(desk, case, "pruefen", **FACTS, returned_on="16.11.2026")[0] == 303
    # The page hides the day from who chooses a theft; what it held is sent all the same.
    facts = FACTS | {"kind": "theft", "statistics_class": "theft", "returned_on": "16.11.2026"}
    assert send(desk, case, "angaben", **facts)[0] == 303
    assert (case.kind, case.returned_on) == (Kind.THEFT, None)


def test_a_repair_that_costs_more_than_the_value_says_so(desk: FlaskClient) -> None:
    case = make_examined()
    make_valuation(case)
    told = Told("iFix GmbH", quote_net_cents=11_371, quoted_on=date(2026, 11, 16))
    repairs.begin(actor_for(make_user(Role.CLAIMS_CLERK)), case, told, MONDAY_9AM)
    db.session.commit()
    page = page_of(desk, case)
    assert "Wirtschaftlicher Totalschaden" in page
    assert "113,71 € (Angebot, netto) ist mehr, als das Gerät am Schadenstag wert war: 113,70 €." in page


def test_a_replacement_is_asked_for_its_number_and_about_the_loan(desk: FlaskClient) -> None:
    device = make_device(state=DeviceState.LENT)
    make_loan(device)
    case = make_examined(device=device)
    spare = make_device(case.school, state=DeviceState.IN_STOCK)
    assert "Bitte geben Sie die Nummer" in send(desk, case, "ersetzen", way="now")[1]
    status, page = send(desk, case, "ersetzen", way="now", number=spare.tag)
    assert status == 422 and "Ausleihe übernimmt" in page and spare.tag in page
    assert case.state is State.EXAMINED
    assert send(desk, case, "ersetzen", way="now", number=spare.tag, takes_loan="yes")[0] == 303
    assert (case.replacement_id, spare.state) == (spare.id, DeviceState.LENT)


def test_a_swap_rides_on_the_next_visit_and_is_called_off(desk: FlaskClient) -> None:
    case = make_examined(kind=Kind.THEFT)
    assert send(desk, case, "ersetzen", way="visit")[0] == 303
    assert "kommt mit dem nächsten Besuch" in page_of(desk, case)
    assert send(desk, case, "tausch-absagen")[0] == 303
    assert case.swap_task_id is None


def test_found_again_written_off_held_and_withdrawn(desk: FlaskClient) -> None:
    theft, broken, wrong = make_examined(kind=Kind.THEFT), make_examined(), make_examined()
    assert send(desk, theft, "gefunden", found_on="")[0] == 422
    assert send(desk, theft, "gefunden", found_on="16.11.2026")[0] == 303
    assert theft.state is State.FOUND
    assert send(desk, broken, "aussondern", reason="beyond-repair")[0] == 303
    assert send(desk, broken, "aufbewahren")[0] == 422
    assert send(desk, broken, "aufbewahren", text="Klage läuft.")[0] == 303
    assert "Klage läuft." in page_of(desk, broken)
    assert send(desk, broken, "freigeben")[0] == 303
    assert send(desk, broken, "angaben", **(FACTS | {"needs_replacement": ""}))[0] == 303
    assert send(desk, wrong, "zurueckziehen", text="Doppelt gemeldet.")[0] == 303
    assert (broken.state, broken.hold_reason, wrong.state) == (State.WRITE_OFF, "", State.WITHDRAWN)


def test_of_two_clerks_the_second_reads_that_the_first_was_faster(desk: FlaskClient) -> None:
    case = make_examined()
    seen = case.version_id
    assert send(desk, case, "reparieren", seen, supplier="iFix GmbH")[0] == 303
    status, page = send(desk, case, "aussondern", seen, reason="old")
    assert status == 409 and "hat inzwischen jemand anderes geändert" in page
    assert case.state is State.REPAIR
    status, page = send(desk, case, "reparieren", seen, supplier="iFix GmbH")
    assert status == 409 and "iFix GmbH" in page and len(case.repairs) == 1


def test_what_the_state_does_not_allow_is_refused_with_what_was_typed(desk: FlaskClient) -> None:
    case = in_state(make_case(), State.CLOSED)
    status, page = send(desk, case, "zurueckziehen", text="Zu spät gemerkt.")
    assert status == 422 and "abgeschlossen" in page and "Zu spät gemerkt." in page
    assert desk.post(f"/schaeden/{case.id}/gibt-es-nicht").status_code == 404
    assert desk.post(f"/schaeden/{case.id}/reparaturen/999").status_code == 404


def test_a_step_without_anything_to_fill_in_is_one_press_away(desk: FlaskClient) -> None:
    page = page_of(desk, case := make_case())
    opens = [
        page.rindex(word, 0, page.index(f'action="/schaeden/{case.id}/uebernehmen"'))
        for word in ("<details", "</details")
    ]
    assert max(opens) == opens[1]


def test_no_forged_post_of_others_does_anything(client: FlaskClient, subtests: pytest.Subtests) -> None:
    case = make_case()
    head = sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=case.school_id))
    for slug in actions.BY_SLUG:
        with subtests.test(slug):
            assert send(head, case, slug, supplier="x", way="visit", text="x", **FACTS)[0] == 403
            assert (case.state, case.version_id) == (State.REPORTED, 1)


def test_the_school_sees_none_of_the_buttons_and_no_internal_word(client: FlaskClient) -> None:
    case = make_examined()
    case.hold_reason = "Klage läuft."
    db.session.commit()
    page = page_of(sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=case.school_id)), case)
    assert not re.search(rf'action="/schaeden/{case.id}/({"|".join(actions.BY_SLUG)})"', page)
    assert "Klage läuft." not in page


def test_hostile_words_are_printed_as_words(desk: FlaskClient) -> None:
    case = make_examined()
    assert send(desk, case, "reparieren", supplier="<script>alert(1)</script>", note="{{ 7*7 }}")[0] == 303
    page = page_of(desk, case)
    assert "<script>alert(1)</script>" not in page and "{{ 7*7 }}" in page
