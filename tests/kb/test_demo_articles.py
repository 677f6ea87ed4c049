"""Every article of the demo city is one an editor could have written: it is read, rendered, and its links lead on."""

import re
from itertools import pairwise

import pytest

from itsm.demo import drawings, knowledge
from itsm.kb import markup, seed
from itsm.kb.exchange import reading
from itsm.kb.models import Audience, Language, Shape
from itsm.kb.states import MOVES

SOURCES = {source.key: source for source in reading.read(knowledge.ARTICLES)[1]}
# From everybody to few: a link leads to an article every reader of this one may read.
CIRCLES = list(Audience)


@pytest.mark.parametrize("key", SOURCES)
def test_an_article_says_what_it_is_and_its_links_lead_to_articles_its_readers_may_read(key: str) -> None:
    source = SOURCES[key]
    assert source.category in seed.CATEGORIES and source.columns["team"] == "Redaktion (erfundene Vorführstadt)"
    assert {"audience", "shape", "tags"} <= source.columns.keys()
    for words in source.texts.values():
        assert len(words.title) <= 80 and 20 <= len(words.summary) <= 200
        for linked in knowledge.LINK.findall(words.body):
            circle = CIRCLES.index(SOURCES[linked].columns["audience"])
            assert circle <= CIRCLES.index(source.columns["audience"]), f"{key} → {linked}"


@pytest.mark.parametrize("key", SOURCES)
def test_an_article_is_rendered_with_its_steps_and_nothing_left_over(key: str) -> None:
    for words in SOURCES[key].texts.values():
        body = knowledge.linked(words.body, dict.fromkeys(SOURCES, 1))
        assert not markup.problem(body)
        html = markup.html(body)
        assert ":::" not in html and "wissen:" not in html and "**" not in html
        assert html.count("<ol") >= words.body.count(":::schritte")
    if SOURCES[key].columns["shape"] is Shape.STEPS:
        assert ":::schritte" in SOURCES[key].texts[Language.GERMAN].body


def test_there_is_something_of_everything() -> None:
    columns = [source.columns for source in SOURCES.values()]
    assert {one["audience"] for one in columns} == set(Audience) and {one["shape"] for one in columns} == set(Shape)
    assert {source.category for source in SOURCES.values()} == set(seed.CATEGORIES)
    for language in (Language.SIMPLE, Language.ENGLISH):
        assert sum(language in source.texts for source in SOURCES.values()) >= 6
    shown = {name for source in SOURCES.values() for name in re.findall(r"\(bild:([a-z-]+)\)", str(source.texts))}
    assert shown == set(drawings.NAMES)


def test_every_article_has_gone_a_way_the_table_knows() -> None:
    moves = {(move.name, source, move.target) for move in MOVES for source in move.sources}
    for key, way in knowledge.WAYS.items():
        assert key in SOURCES and way[0][0] == "begin"
        for (_, _, before), (name, _, after) in pairwise(way):
            assert (name, before, after) in moves
