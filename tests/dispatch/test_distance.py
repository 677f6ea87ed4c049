"""Drives estimated from the air line."""

import math
import random
import time

import numpy as np
import pytest

from itsm.dispatch.distance import Place, SpeedBand, Travel, air_line_metres, leg, matrix, tables

TOWN_HALL = Place(51.5114, 7.4633)
PLAIN = Travel(detour=1.0, bands=(SpeedBand(math.inf, 60),), parking_minutes=0)


def places(count: int, spread: float = 0.2) -> list[Place]:
    chance = random.Random(1)
    return [Place(51.41 + spread * chance.random(), 7.30 + 1.75 * spread * chance.random()) for _ in range(count)]


def test_the_matrix_agrees_with_geopy_to_a_metre_all_over_the_city() -> None:
    city = places(60)
    table = matrix(city, PLAIN)
    for origin, target in [(a, b) for a in range(0, 60, 7) for b in range(60)]:
        assert abs(table.metres[origin][target] - air_line_metres(city[origin], city[target])) <= 1


def test_far_places_are_measured_by_geopy_itself() -> None:
    far = [TOWN_HALL, Place(52.5200, 13.4050), Place(48.1372, 11.5756)]
    table = matrix(far, PLAIN)
    assert table.metres[0][1] == round(air_line_metres(far[0], far[1]))
    assert table.metres[1][2] == round(air_line_metres(far[1], far[2]))


def test_all_drives_between_178_buildings_take_far_less_than_two_seconds() -> None:
    began = time.perf_counter()
    table = matrix(places(178), Travel())
    assert time.perf_counter() - began < 1
    assert len(table.metres) == len(table.minutes[177]) == 178


def test_one_drive_is_the_same_as_in_the_matrix() -> None:
    one, other = places(2)
    single, table = leg(one, other, Travel()), matrix([one, other], Travel())
    assert abs(single.metres - table.leg(0, 1).metres) <= 1
    assert single.minutes == table.leg(0, 1).minutes


def test_the_detour_makes_the_road_longer_than_the_air_line() -> None:
    one, other = places(2)
    assert leg(one, other, Travel(detour=1.5)).metres == round(1.5 * air_line_metres(one, other))


def test_speed_bands_apply_to_the_parts_of_the_road_and_parking_once() -> None:
    travel = Travel(detour=1.0, bands=(SpeedBand(2_000, 20), SpeedBand(math.inf, 40)), parking_minutes=3)
    four_kilometres = Place(TOWN_HALL.lat + 4000 / 111_250, TOWN_HALL.lon)
    assert leg(TOWN_HALL, four_kilometres, travel).metres == pytest.approx(4000, abs=10)
    assert leg(TOWN_HALL, four_kilometres, travel).minutes in (12, 13)


def test_a_longer_road_never_takes_less_time() -> None:
    steps = [Place(TOWN_HALL.lat + step / 2000, TOWN_HALL.lon) for step in range(300)]
    minutes = matrix(steps, Travel()).minutes[0]
    assert list(minutes) == sorted(minutes)


def test_minutes_are_the_seconds_rounded_up() -> None:
    table = matrix(places(40), Travel())
    for seconds, minutes in zip(table.seconds, table.minutes, strict=True):
        assert list(minutes) == [math.ceil(one / 60) for one in seconds]
    assert any(one % 60 for row in table.seconds for one in row)


def test_the_arrays_hold_the_numbers_of_the_matrix() -> None:
    seconds, metres = tables(places(20), Travel())
    table = matrix(places(20), Travel())
    assert seconds.dtype == metres.dtype == np.int64
    assert seconds.tolist() == [list(row) for row in table.seconds]
    assert metres.tolist() == [list(row) for row in table.metres]
    assert tables([], Travel())[0].shape == (0, 0)


def test_within_one_building_there_is_no_drive_and_no_parking() -> None:
    assert leg(TOWN_HALL, TOWN_HALL, Travel()).minutes == 0
    assert matrix([TOWN_HALL, TOWN_HALL], Travel()).minutes == ((0, 0), (0, 0))


def test_no_places_give_an_empty_matrix() -> None:
    assert matrix([], Travel()).minutes == ()
