"""The pages of letters, as a browser without JavaScript sees them."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session
from werkzeug.test import TestResponse

from itsm.claims.letters.facts import TITLES
from itsm.claims.models import Claim, Letter
from itsm.claims.service import letter_rounds
from itsm.claims.states import ClaimState
from itsm.config import read as read_settings
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from tests.claims.factories import make_debtor
from tests.claims.paper import one_line, read
from tests.claims.steps import make_ready
from tests.people import make_user, sign_in

RUN = "0123456789abcdef"


@pytest.fixture
def clerk(client: FlaskClient) -> FlaskClient:
    return sign_in(client, make_user(Role.CLAIMS_CLERK))


@pytest.fixture
def claim(session: scoped_session) -> Claim:
    return make_ready()


def text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def address(claim: Claim, kind: str = "anhoerung", debtor: int = 0) -> str:
    return f"/forderungen/{claim.id}/briefe/{kind}/{claim.debtors[debtor].id}"


def only_letter() -> Letter:
    db.session.expire_all()
    return db.session.scalars(sa.select(Letter)).one()


def tick(claim: Claim, debtor: int = 0) -> str:
    return f"anhoerung-{claim.id}-{claim.debtors[debtor].id}"


def is_pdf_to_save(answer: TestResponse) -> bool:
    headers = answer.headers
    return (
        answer.data.startswith(b"%PDF-")
        and headers["Content-Disposition"].startswith("attachment")
        and "no-store" in headers["Cache-Control"]
        and "Kim" not in headers["Content-Disposition"]
    )


def test_from_the_preview_to_the_letter_that_was_posted(clerk: FlaskClient, claim: Claim) -> None:
    page = text(clerk, f"/forderungen/{claim.id}")
    assert "Anhörung an Kim Beispiel" in page and "Brief schreiben" in page
    assert is_pdf_to_save(clerk.get(f"{address(claim)}/vorschau.pdf"))
    assert clerk.post(address(claim)).status_code == 303
    letter = only_letter()
    page = text(clerk, f"/forderungen/{claim.id}")
    assert "unverändert seit" in page and "Neu schreiben" in page
    assert is_pdf_to_save(clerk.get(f"/forderungen/briefe/{letter.id}.pdf"))
    sent = clerk.post(f"/forderungen/briefe/{letter.id}/versenden", data={"channel": "post", "posted_on": ""})
    assert sent.status_code == 303
    assert only_letter().sent_at and claim.state is ClaimState.HEARING
    assert "per Post versandt" in text(clerk, f"/forderungen/{claim.id}")


def test_a_double_tap_writes_one_letter(clerk: FlaskClient, claim: Claim) -> None:
    assert [clerk.post(address(claim)).status_code for _ in range(2)] == [303, 303]
    assert only_letter()


def test_a_forged_post_gets_around_no_gate(clerk: FlaskClient, claim: Claim, subtests: pytest.Subtests) -> None:
    for kind in ("forderung", "mahnung", "raten", "stundung", "erlass", "quittung", "ruecknahme"):
        with subtests.test(f"{kind}"):
            answer = clerk.post(address(claim, kind))
            assert answer.status_code == 422 and "passt nicht zum Stand" in answer.get_data(as_text=True)
            assert clerk.get(f"{address(claim, kind)}/vorschau.pdf").status_code == 422
            assert not db.session.scalars(sa.select(Letter)).all()
    assert clerk.post(address(claim, "brief")).status_code == 404
    assert not db.session.scalars(sa.select(Letter)).all()


def test_a_mail_without_an_address_is_answered_on_the_form(clerk: FlaskClient, claim: Claim) -> None:
    clerk.post(address(claim))
    answer = clerk.post(f"/forderungen/briefe/{only_letter().id}/versenden", data={"channel": "mail"})
    assert answer.status_code == 422 and "keine E-Mail-Adresse" in answer.get_data(as_text=True)


def test_due_letters_are_written_printed_and_posted_together(clerk: FlaskClient, claim: Claim) -> None:
    other = make_ready()
    make_debtor(other, name="Robin Anders", street="Nebenweg 2")
    db.session.refresh(other)
    page = text(clerk, "/forderungen/briefe")
    ticks = [tick(claim), tick(other), tick(other, 1)]
    assert all(one in page for one in ticks) and re.search(r'name="run"[^>]*value="[0-9a-f]{16}"', page)
    for _ in range(2):
        answer = clerk.post("/forderungen/briefe", data={"run": RUN, "chosen": ticks})
        assert (answer.status_code, answer.location) == (303, f"/forderungen/briefe/runde/{RUN}")
    found = db.session.scalars(sa.select(Letter).order_by(Letter.id)).all()
    assert [letter.run for letter in found] == [RUN] * 3
    together = clerk.get(f"/forderungen/briefe/runde/{RUN}.pdf")
    assert is_pdf_to_save(together)
    paper = read(together.data)
    assert paper.tags.count("H1") == 3 and "Robin Anders Nebenweg 2" in one_line(paper.shown)
    day = f"{clock.local_day(clock.now()):%d.%m.%Y}"
    assert clerk.post(f"/forderungen/briefe/runde/{RUN}/post", data={"posted_on": day}).status_code == 303
    db.session.expire_all()
    assert all(letter.sent_at for letter in found)
    assert {claim.state, other.state} == {ClaimState.HEARING}
    assert "Kein Brief ist fällig." in text(clerk, "/forderungen/briefe")


def test_a_claim_that_cannot_go_does_not_hold_up_the_others(clerk: FlaskClient, claim: Claim) -> None:
    other = make_ready()
    ticks = [tick(claim), tick(other)]
    text(clerk, "/forderungen/briefe")
    clerk.post("/forderungen/briefe", data={"run": RUN, "chosen": ticks})
    other.debtors[0].street = ""
    db.session.commit()
    answer = clerk.post(f"/forderungen/briefe/runde/{RUN}/post", data={"posted_on": ""}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert "Bitte nehmen Sie diese Briefe aus dem Stapel" in page
    assert re.search(rf">{other.number}</a>.*Zum Brief fehlt: die Straße", page)
    db.session.expire_all()
    assert [claim.state, other.state] == [ClaimState.HEARING, ClaimState.EXAMINING]


def test_a_round_the_worker_writes_shows_how_far_it_is_and_then_its_letters(clerk: FlaskClient, claim: Claim) -> None:
    for _ in range(letter_rounds.AT_ONCE):
        make_debtor(claim)
    db.session.refresh(claim)
    ticks = [tick(claim, place) for place in range(letter_rounds.AT_ONCE + 1)]
    answer = clerk.post("/forderungen/briefe", data={"run": RUN, "chosen": ticks})
    assert (answer.status_code, answer.location) == (303, f"/forderungen/briefe/runde/{RUN}")
    page = text(clerk, f"/forderungen/briefe/runde/{RUN}")
    assert "0 von 11 geschrieben" in page and '<meta http-equiv="refresh" content="3">' in page
    state = {"waits": True, "percent": 0, "words": "0 von 11 geschrieben"}
    assert clerk.get(f"/forderungen/briefe/runde/{RUN}/stand").get_json() == state
    assert clerk.get(f"/forderungen/briefe/runde/{RUN}.pdf").status_code == 404
    assert f"/runde/{RUN}" in text(clerk, "/forderungen/briefe")
    letter_rounds.run(RUN, read_settings({}).sender, clock.now)
    page = text(clerk, f"/forderungen/briefe/runde/{RUN}")
    assert "11 Briefe" in page and "Alle als ein PDF" in page and "refresh" not in page


def test_a_day_of_posting_that_is_none_is_said_and_nothing_is_taken_down(clerk: FlaskClient, claim: Claim) -> None:
    clerk.post("/forderungen/briefe", data={"run": RUN, "new": "1"})
    answer = clerk.post(f"/forderungen/briefe/runde/{RUN}/post", data={"posted_on": "31.11.2026"})
    assert answer.status_code == 422 and "Alle als versandt eintragen" in answer.get_data(as_text=True)
    assert only_letter().sent_at is None


def test_all_new_letters_are_written_without_ticking_them_and_once_only(clerk: FlaskClient, claim: Claim) -> None:
    other = make_ready()
    clerk.post(address(claim))
    make_debtor(other, name="Robin Anders")
    assert "Alle 2 neuen schreiben" in text(clerk, "/forderungen/briefe")
    for _ in range(2):
        assert clerk.post("/forderungen/briefe", data={"run": RUN, "new": "1"}).status_code == 303
    found = db.session.scalars(sa.select(Letter.claim_id).where(Letter.run == RUN)).all()
    assert found == [other.id] * 2
    assert clerk.post("/forderungen/briefe", data={"run": RUN[::-1], "new": "1"}).status_code == 422
    assert "neuen schreiben" not in text(clerk, "/forderungen/briefe")


def test_nothing_chosen_is_said_and_a_letter_that_is_not_due_refused(clerk: FlaskClient, claim: Claim) -> None:
    for chosen in ([], ["forderung-1-1"]):
        answer = clerk.post("/forderungen/briefe", data={"run": RUN, "chosen": chosen})
        assert answer.status_code == 422
    assert not db.session.scalars(sa.select(Letter)).all()


def test_others_learn_nothing_of_letters(clerk: FlaskClient, claim: Claim, subtests: pytest.Subtests) -> None:
    clerk.post("/forderungen/briefe", data={"run": RUN, "chosen": [tick(claim)]})
    letter = only_letter()
    for role in (Role.ADMINISTRATOR, Role.SECOND_LEVEL, Role.AUDITOR):
        with subtests.test(f"{role}"):
            _learns_nothing(sign_in(clerk.application.test_client(), make_user(role)), claim, letter)


def _learns_nothing(stranger: FlaskClient, claim: Claim, letter: Letter) -> None:
    for path in (f"{letter.id}.pdf", f"{letter.id}/versenden", f"runde/{RUN}", f"runde/{RUN}.pdf"):
        answer = stranger.get(f"/forderungen/briefe/{path}")
        assert answer.status_code == 404 and "Kim" not in answer.get_data(as_text=True)
    assert stranger.get(f"{address(claim)}/vorschau.pdf").status_code == 404
    assert stranger.post(address(claim)).status_code == 404
    assert stranger.get("/forderungen/briefe").status_code == 403


def test_a_claim_without_names_keeps_the_line_of_a_letter_but_not_the_paper(clerk: FlaskClient, claim: Claim) -> None:
    clerk.post(address(claim))
    letter = only_letter()
    letter.pdf, letter.words = None, None
    claim.anonymised_at = clock.now()
    claim.debtors[0].name = ""
    db.session.commit()
    page = text(clerk, f"/forderungen/{claim.id}")
    assert TITLES[letter.kind] in page and f"/forderungen/briefe/{letter.id}.pdf" not in page
    assert clerk.get(f"/forderungen/briefe/{letter.id}.pdf").status_code == 404
