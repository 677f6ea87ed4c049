"""Drives from a routing server: what is asked, what is kept, and what happens when it does not answer."""

import dataclasses
import json
import math
import random
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.core.db import db
from itsm.dispatch import distance, figures, osrm, travel
from itsm.dispatch.distance import Place
from itsm.dispatch.models import Visit
from itsm.dispatch.service import routes
from itsm.dispatch.service.travel import Drives, blocks, matrix_for
from itsm.dispatch.travel import PAUSE, TravelFailure, TravelPair
from tests.counting import queries_of
from tests.dispatch.factories import WEDNESDAY, make_place, make_visit
from tests.dispatch.road_server import METRES_A_SECOND, Roads, haversine_metres, road_server
from tests.people import MONDAY, MONDAY_9AM

PARKING_SECONDS = 180
REFUSED = (400, b'{"code": "TooBig", "message": "Too many table coordinates"}')


def places(count: int, seed: int = 1) -> list[Place]:
    chance = random.Random(seed)
    return [
        Place(round(51.41 + 0.2 * chance.random(), 5), round(7.30 + 0.35 * chance.random(), 5)) for _ in range(count)
    ]


def use(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], osrm_url=url))


@pytest.fixture
def roads(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Roads]:
    with road_server() as server:
        use(app, monkeypatch, server.url)
        yield server
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.delete(TravelPair))
        connection.execute(sa.delete(TravelFailure))


@pytest.fixture
def asked(roads: Roads, session: object) -> Roads:
    """The server, and the transaction of a test."""
    return roads


def estimate(of: list[Place]) -> tuple[distance.Table, distance.Table]:
    return distance.tables(of, figures.travel_on(MONDAY))


def is_estimated(drives: Drives, of: list[Place]) -> bool:
    seconds, metres = estimate(of)
    return bool((drives.seconds == seconds).all() and (drives.metres == metres).all())


def spot(place: Place) -> tuple[float, float]:
    return place.lon, place.lat


@pytest.mark.usefixtures("session")
def test_without_a_server_all_drives_are_estimated_and_nothing_is_noted() -> None:
    city = places(5)
    drives = matrix_for(city, MONDAY)
    assert is_estimated(drives, city) and drives.estimated and drives.note == ""
    assert matrix_for([], MONDAY).matrix.minutes == ()


def test_seconds_and_metres_are_the_roads_with_parking_on_top(asked: Roads) -> None:
    city = places(4)
    drives = matrix_for(city, MONDAY)
    assert not drives.estimated and drives.note == ""
    for origin in range(4):
        for target in range(4):
            air = haversine_metres(spot(city[origin]), spot(city[target]))
            parking = PARKING_SECONDS if origin != target else 0
            assert drives.seconds[origin, target] == math.ceil(air / METRES_A_SECOND) + parking
            assert drives.metres[origin, target] == pytest.approx(air, abs=0.6)
    assert drives.seconds.dtype == drives.metres.dtype == np.int64
    assert (drives.seconds != drives.seconds.T).any()
    assert drives.leg(0, 1).minutes == drives.matrix.minutes[0][1] == math.ceil(drives.seconds[0, 1] / 60)


def test_178_places_take_sixteen_questions_the_second_time_none_and_a_new_place_its_own_pairs_alone(
    asked: Roads,
) -> None:
    city, new = places(178), Place(51.5, 7.41234)
    first = matrix_for(city, MONDAY)
    assert len(asked.asked) == 16
    assert max(len(origins) + len(targets) for origins, targets in asked.asked) <= 100
    began = time.process_time()
    second = matrix_for(city, MONDAY)
    assert time.process_time() - began < 1, "a kept matrix is read in far less than two seconds"
    assert len(asked.asked) == 16
    assert (first.seconds == second.seconds).all() and (first.metres == second.metres).all()
    assert not second.estimated

    asked.asked.clear()
    drives = matrix_for([*city, new], MONDAY)
    assert asked.pairs == {pair for place in city for pair in ((spot(place), spot(new)), (spot(new), spot(place)))}
    assert len(asked.asked) == 4
    assert not drives.estimated


def test_a_subset_in_another_order_asks_nothing(asked: Roads) -> None:
    city = places(12)
    whole = matrix_for(city, MONDAY)
    part = matrix_for([city[7], city[2]], MONDAY)
    assert len(asked.asked) == 1
    assert part.seconds[0, 1] == whole.seconds[7, 2] and part.seconds[1, 0] == whole.seconds[2, 7]


def test_places_on_one_latitude_are_told_apart(asked: Roads) -> None:
    north, east, north_east = Place(51.6, 7.4), Place(51.5, 7.5), Place(51.6, 7.5)
    whole = matrix_for([north, east, north_east], MONDAY)
    part = matrix_for([north, east], MONDAY)
    assert (part.seconds == whole.seconds[:2, :2]).all()


def test_places_in_one_building_are_asked_once_and_need_no_drive(asked: Roads) -> None:
    one, other = places(2)
    drives = matrix_for([one, other, one], MONDAY)
    assert drives.seconds[0, 2] == drives.metres[2, 0] == 0
    assert drives.seconds[0, 1] == drives.seconds[2, 1] > PARKING_SECONDS
    assert [len(origins) for origins, _ in asked.asked] == [2]


def test_where_no_road_leads_the_drive_is_estimated_and_never_asked_again(asked: Roads) -> None:
    city = [*places(3), Place(51.75, 7.5)]
    asked.river_latitude = 51.7
    drives = matrix_for(city, MONDAY)
    seconds, metres = estimate(city)
    assert (drives.seconds[:3, 3] == seconds[:3, 3]).all() and (drives.metres[:3, 3] == metres[:3, 3]).all()
    assert (drives.seconds[3, :3] != seconds[3, :3]).all()
    assert drives.estimated
    assert drives.note == "Fahrzeiten geschätzt: Für 3 Fahrten kennt der Routendienst keine Straße."
    assert matrix_for(city, MONDAY).note == drives.note
    assert len(asked.asked) == 1


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (REFUSED, "TooBig"),
        ((400, b'{"code": "NoSegment", "message": "Could not find a matching segment"}'), "NoSegment"),
        ((200, b'{"code": "NoTable"}'), "NoTable"),
        ((400, b'{"code": "<script>alert(1)</script>"}'), "(400)"),
        ((503, b"{}"), "(503)"),
        ((502, b"<html>Bad gateway</html>"), "nicht zu gebrauchen"),
        ((200, b""), "nicht zu gebrauchen"),
        ((200, b"[]"), "nicht zu gebrauchen"),
        ((200, b'{"code": "Ok"}'), "nicht zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [[0, 1], [1]], "distances": [[0, 1], [1]]}'), "nicht zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [[0, 1]], "distances": [[0, 1]]}'), "nicht zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [[0, 9], [9, 0]]}'), "nicht zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [[0, -9], [9, 0]], "distances": [[0, 9], [9, 0]]}'), "zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [[0, 1e999], [9, 0]], "distances": [[0, 9], [9, 0]]}'), "zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [["x", 9], [9, 0]], "distances": [[0, 9], [9, 0]]}'), "zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": [[{}, 9], [9, 0]], "distances": [[0, 9], [9, 0]]}'), "zu gebrauchen"),
        ((200, b'{"code": "Ok", "durations": ' + b"[" * 20_000), "nicht zu gebrauchen"),
        ((200, b'{"code": "Ok"}' + b" " * 5_000_000), "nicht zu gebrauchen"),
    ],
    ids=lambda case: case if isinstance(case, str) else f"{case[0]} {case[1][:60].decode()}",
)
def test_an_answer_that_is_no_table_leaves_the_estimate_and_a_note(
    asked: Roads, answer: tuple[int, bytes], word: str
) -> None:
    city = places(2)
    asked.answers = [answer]
    drives = matrix_for(city, MONDAY)
    assert is_estimated(drives, city) and drives.estimated
    assert drives.note.startswith("Fahrzeiten geschätzt: ") and word in drives.note and drives.note.endswith(".")
    assert "<" not in drives.note


def test_a_null_only_in_one_of_the_tables_counts_as_no_road(asked: Roads) -> None:
    city = places(2)
    tables = {"durations": [[0, 100], [100, 0]], "distances": [[0, None], [900, 0]]}
    asked.answers = [(200, json.dumps({"code": "Ok", **tables}).encode())]
    drives = matrix_for(city, MONDAY)
    seconds, metres = estimate(city)
    assert (drives.seconds[0, 1], drives.metres[0, 1]) == (seconds[0, 1], metres[0, 1])
    assert (drives.seconds[1, 0], drives.metres[1, 0]) == (100 + PARKING_SECONDS, 900)


@pytest.mark.usefixtures("session")
def test_a_server_that_is_not_there_is_noted(app: Flask, roads: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    use(app, monkeypatch, "http://127.0.0.1:1")
    drives = matrix_for(places(2), MONDAY)
    assert drives.note == "Fahrzeiten geschätzt: Der Routendienst ist nicht erreichbar."


def test_a_server_that_says_nothing_is_left_after_the_limit(asked: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osrm, "READ_SECONDS", 0.1)
    asked.drip_seconds = 1
    assert "nicht rechtzeitig" in matrix_for(places(2), MONDAY).note


def test_a_server_that_drips_is_left_as_well(asked: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osrm, "READ_SECONDS", 0.3)
    monkeypatch.setattr(osrm, "CONNECT_SECONDS", 0.1)
    asked.drip_seconds = 0.2
    assert "zu langsam" in matrix_for(places(2), MONDAY).note


def test_after_a_failure_nothing_is_asked_for_some_minutes(asked: Roads) -> None:
    city = places(3)
    asked.answers = [REFUSED]
    notes = [matrix_for(city, MONDAY).note for _ in range(2)]
    assert notes[0] == notes[1] and len(asked.asked) == 1
    with db.engine.begin() as connection:
        connection.execute(sa.update(TravelFailure).values(failed_at=sa.func.now() - PAUSE))
    assert not matrix_for(city, MONDAY).estimated
    assert len(asked.asked) == 2


def test_what_was_answered_before_a_failure_is_kept_and_used(asked: Roads) -> None:
    city = places(178)
    asked.answers = [None] * 6 + [REFUSED]
    first = matrix_for(city, MONDAY)
    assert len(asked.asked) == 7 and first.estimated
    answered = asked.pairs - {(a, b) for a in asked.asked[6][0] for b in asked.asked[6][1]}
    kept = db.session.scalar(sa.select(sa.func.count()).select_from(TravelPair))
    assert kept == len(answered) > 10_000
    with db.engine.begin() as connection:
        connection.execute(sa.delete(TravelFailure))
    assert not matrix_for(city, MONDAY).estimated
    assert len(asked.asked) == 7 + 10


def test_more_questions_than_there_is_time_for_go_on_with_the_next_plan(
    asked: Roads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itsm.dispatch.service.travel.LONGEST_WAIT_SECONDS", 0.0)
    city = places(60)
    assert "zu lange" in matrix_for(city, MONDAY).note


def test_answers_outlive_the_transaction_that_asked(asked: Roads) -> None:
    city = places(3)
    matrix_for(city, MONDAY)
    db.session.rollback()
    assert not matrix_for(city, MONDAY).estimated
    assert len(asked.asked) == 1


def test_another_servers_numbers_are_not_mixed_in(app: Flask, asked: Roads, monkeypatch: pytest.MonkeyPatch) -> None:
    city = places(3)
    matrix_for(city, MONDAY)
    with road_server() as other:
        use(app, monkeypatch, other.url)
        matrix_for(city, MONDAY)
        assert (len(asked.asked), len(other.asked)) == (1, 1)


def test_a_drive_asked_months_ago_is_asked_again_and_replaced(asked: Roads) -> None:
    city = places(2)
    before = matrix_for(city, MONDAY)
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(TravelPair).values(seconds=1, asked_at=sa.func.now() - (travel.FRESH + timedelta(hours=1)))
        )
    assert (matrix_for(city, MONDAY).seconds == before.seconds).all()
    assert len(asked.asked) == 2


def test_a_page_does_not_ask(asked: Roads) -> None:
    city = places(3)
    drives = matrix_for(city, MONDAY, ask=False)
    assert asked.asked == [] and is_estimated(drives, city)
    assert drives.note == "Fahrzeiten geschätzt: Noch nicht alle Fahrten sind beim Routendienst erfragt."


def test_a_kept_matrix_costs_two_queries(asked: Roads) -> None:
    city = places(30)
    matrix_for(city, MONDAY)
    with queries_of() as sent:
        matrix_for(city, MONDAY)
    assert len(sent) == 2


def test_the_day_route_drives_the_roads_of_the_server(asked: Roads) -> None:
    place = make_place()
    make_visit(place, is_fixed=True)
    routes.plan_route(place.manager.id, WEDNESDAY, MONDAY_9AM)
    visit = db.session.scalars(sa.select(Visit)).one()
    base = (place.district.base_longitude or 0, place.district.base_latitude or 0)
    site = (place.site.longitude or 0, place.site.latitude or 0)
    assert visit.travel_metres == round(haversine_metres(base, site))
    back = routes.way_back([visit], WEDNESDAY)
    assert back.metres == round(haversine_metres(site, base))
    assert len(asked.asked) == 1


def test_planners_that_fill_the_same_pairs_at_once_both_succeed(app: Flask, roads: Roads) -> None:
    city = places(60)
    notes: list[str] = []

    def plan(order: list[Place]) -> None:
        with app.app_context():
            notes.append(matrix_for(order, MONDAY).note)

    threads = [threading.Thread(target=plan, args=(order,)) for order in (city, city[::-1], city[30:] + city[:30])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert notes == ["", "", ""]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TravelPair)) == 60 * 59


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 130), st.floats(0, 1), st.integers(0, 1000))
def test_blocks_cover_every_missing_pair_once_and_no_other(count: int, share: float, seed: int) -> None:
    is_missing = np.random.default_rng(seed).random((count, count)) < share
    if seed % 2:
        # As it comes about: groups whose pairs are known, the rest missing.
        group = np.random.default_rng(seed).integers(0, 1 + seed % 5, count)
        is_missing = group[:, None] != group[None, :]
    np.fill_diagonal(is_missing, False)
    times = np.zeros((count, count), dtype=int)
    for rows, columns in blocks(is_missing):
        assert len(rows) + len(columns) <= osrm.LARGEST_TABLE
        times[np.ix_(rows, columns)] += 1
    np.fill_diagonal(times, 0)
    assert (times == is_missing).all()


def test_check_asks_one_short_drive(roads: Roads) -> None:
    osrm.check(roads.url)
    assert len(roads.pairs) == 1
    roads.answers = [REFUSED]
    with pytest.raises(osrm.Unavailable, match="TooBig"):
        osrm.check(roads.url)
