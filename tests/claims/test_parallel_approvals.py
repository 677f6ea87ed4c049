"""Many at once: one approval, one proposal, one claim, one letter."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from itsm.claims import queries
from itsm.claims.models import Claim, ClaimEntry, DamageCase, Letter, LetterKind, LetterRound
from itsm.claims.service import claiming, letter_rounds
from itsm.claims.service.letters import Order
from itsm.claims.states import ClaimState
from itsm.config import read
from itsm.core.access import Actor
from itsm.core.db import db, writing
from itsm.core.errors import DomainError
from tests.claims.factories import make_examined
from tests.claims.steps import approver, clerk, make_heard, make_proposed, make_ready
from tests.people import MONDAY_9AM

pytestmark = pytest.mark.usefixtures("emptied")
MANY = 50


@pytest.fixture
def wide(app: Flask, database_url: str, emptied: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the application have a connection for each of many, where it shares fifteen else."""
    engine = sa.create_engine(database_url, pool_size=MANY + 1)
    monkeypatch.setitem(db.engines, None, engine)
    yield
    db.session.remove()
    engine.dispose()


def at_once(app: Flask, actors: list[Actor], call: Callable[[Actor], object]) -> list[str]:
    """Let everybody call at the same moment, connected already. Return what each was told, blank for done."""
    together = Barrier(len(actors), timeout=20)

    def one(actor: Actor) -> str:
        with app.app_context():
            try:
                db.session.execute(sa.select(1))
                together.wait()
                with writing():
                    call(actor)
            except DomainError as error:
                return error.sentence
            return ""

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(one, actors))


@pytest.mark.usefixtures("wide")
def test_of_fifty_approvals_at_once_one_succeeds(app: Flask) -> None:
    claim_id, people = make_proposed().id, [approver() for _ in range(5)]
    db.session.remove()
    told = at_once(
        app,
        people * (MANY // 5),
        lambda me: claiming.approve(me, queries.claim_for(me, claim_id), MONDAY_9AM),
    )
    assert told.count("") == 1
    assert all("Stand ist inzwischen „freigegeben“" in sentence for sentence in told if sentence)
    claim = db.session.get_one(Claim, claim_id)
    assert claim.state is ClaimState.APPROVED
    approvals = sa.select(sa.func.count()).where(ClaimEntry.claim_id == claim_id, ClaimEntry.what == "approve")
    assert db.session.scalar(approvals) == 1


def test_of_ten_proposals_at_once_one_succeeds(app: Flask) -> None:
    claim_id, me = make_heard().id, clerk()
    db.session.remove()
    told = at_once(app, [me] * 10, lambda one: claiming.propose(one, queries.claim_for(one, claim_id), MONDAY_9AM))
    assert told.count("") == 1


def test_of_ten_beginnings_at_once_there_is_one_claim(app: Flask) -> None:
    case_id, me = make_examined().id, clerk()
    db.session.remove()
    told = at_once(app, [me] * 10, lambda one: claiming.begin(one, db.session.get_one(DamageCase, case_id), MONDAY_9AM))
    assert told.count("") == 1
    assert db.session.scalar(sa.select(sa.func.count(Claim.id))) == 1


def test_of_ten_rounds_at_once_over_the_same_letters_each_letter_is_written_once(app: Flask) -> None:
    claim_ids, me = [make_ready().id for _ in range(3)], clerk()
    db.session.remove()
    keys = count()

    def ask(one: Actor) -> None:
        claims = [db.session.get_one(Claim, claim_id) for claim_id in claim_ids]
        wanted = [(claim, Order(LetterKind.HEARING, claim.debtors[0].id)) for claim in claims]
        # Every other tap is one of the same form.
        letter_rounds.ask(one, f"{next(keys) // 2:016x}", wanted, read({}).sender, MONDAY_9AM)

    assert at_once(app, [me] * 10, ask) == [""] * 10
    assert sorted(db.session.scalars(sa.select(Letter.claim_id))) == claim_ids
    assert db.session.scalar(sa.select(sa.func.count(LetterRound.key))) == 5
