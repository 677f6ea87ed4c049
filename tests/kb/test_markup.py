"""Markdown of articles: what readers see, and what of it is found by other parts."""

import pytest
from flask import Flask, url_for

from itsm.kb import markup
from itsm.kb.markup import Heading
from itsm.kb.models import ArticleVideo

PICTURE = "0123456789abcdef0123456789abcdef"
FILM = ArticleVideo(token="f11m", title="Beamer", transcript="Wir drücken den Knopf.\n\nEs <wird> hell.")
STEPS = f"""\
:::schritte
1. Stecker prüfen
2. Knopf drücken

   ![Knopf an der Seite](bild:{PICTURE})
:::
"""


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("# a\n\n## b\n\n### c", "234"),
        ("### a\n\n# b", "22"),
        ("## a\n\n##### b\n\n### c\n\n# d", "2332"),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", "234566"),
        ("Titel\n---\n> # im Zitat", "22"),
    ],
)
def test_headings_begin_below_the_title_and_leave_no_level_out(typed: str, seen: str) -> None:
    assert "".join(str(heading.level) for heading in markup.headings(typed)) == seen
    assert "".join(part[0] for part in markup.html(typed).split("<h")[1:]) == seen


def test_each_heading_has_an_anchor_of_its_own_that_links_in_the_text_reach() -> None:
    body = "# Für *Eltern*\n\n## Für Eltern\n\n## 日本\n\n[hinauf](#Für-Eltern)"
    assert markup.headings(body) == (
        Heading(2, "Für Eltern", "abschnitt-fuer-eltern"),
        Heading(3, "Für Eltern", "abschnitt-fuer-eltern-2"),
        Heading(3, "日本", "abschnitt-ohne-namen"),
    )
    assert '<h3 id="abschnitt-fuer-eltern-2">' in markup.html(body)
    assert '<a href="#abschnitt-fuer-eltern">' in markup.html(body)


def test_an_anchor_taken_by_a_heading_that_looks_like_a_number_is_not_given_twice() -> None:
    anchors = [heading.anchor for heading in markup.headings("# a-2\n# a\n# a\n# a-2")]
    assert len(set(anchors)) == 4


def test_steps_are_a_numbered_list_with_pictures_of_ours() -> None:
    seen = markup.html(STEPS)
    assert seen.startswith('<div class="kb-steps"><ol>')
    assert f'<img src="/wissen/bild/{PICTURE}" alt="Knopf an der Seite" loading="lazy">' in seen


@pytest.mark.parametrize(("name", "word"), [("hinweis", "Hinweis"), ("tipp", "Tipp"), ("achtung", "Achtung")])
def test_a_call_out_says_in_a_word_what_it_is(name: str, word: str) -> None:
    assert f'<p class="kb-note__word">{word}</p><p>Text' in markup.html(f":::{name}\nText\n:::")
    assert f">{word}: Strom &amp; Netz</p>" in markup.html(f"::: {name} Strom & Netz\nText\n:::")


def test_a_table_scrolls_by_itself_and_its_head_heads() -> None:
    seen = markup.html("|  | Preis |\n|---|--:|\n| Kabel | 5 |\n\nund\n\n| a |\n|---|\n| b |")
    assert '<div class="kb-table" role="region" tabindex="0" aria-label="Tabelle 1"><table>' in seen
    assert '<td></td>\n<th scope="col" class="kb-end">Preis</th>' in seen
    assert "style=" not in seen
    assert 'aria-label="Tabelle 2"' in seen


def test_a_picture_from_elsewhere_is_not_loaded_but_a_link() -> None:
    seen = markup.html("![Plan](https://bild.example/p.png) [![Logo](https://a.example/l.png)](https://b.example)")
    assert "<img" not in seen
    assert '<a href="https://bild.example/p.png" rel="noopener nofollow">Bild: Plan</a>' in seen
    assert '<a href="https://b.example" rel="noopener nofollow">Bild: Logo</a>' in seen


def test_links_of_our_own_pages_are_plain_and_bare_addresses_are_links() -> None:
    assert '<a href="/wissen/12">mehr</a>' in markup.html("[mehr](/wissen/12)")
    assert '<a href="https://a.example/x?b=1&amp;c" rel="noopener nofollow">' in markup.html(
        "https://a.example/x?b=1&c"
    )
    assert '<a href="tel:+4923150">' in markup.html("[Anruf](tel:+4923150)")


def test_a_video_alone_in_its_paragraph_has_a_player_with_captions_and_its_words_to_read() -> None:
    seen = markup.html("![Beamer einschalten](video:f11m)", {"f11m": FILM})
    assert 'src="/wissen/video/f11m" poster="/wissen/video/f11m/bild" aria-label="Beamer einschalten"' in seen
    assert '<track src="/wissen/video/f11m/untertitel.vtt" kind="captions"' in seen
    assert "<p>Wir drücken den Knopf.</p><p>Es &lt;wird&gt; hell.</p></details>" in seen
    assert not seen.startswith("<p>")


def test_a_video_in_a_sentence_is_a_link_and_a_missing_one_its_title() -> None:
    assert '<p>Siehe <a href="/wissen/video/f11m">Video: Film</a>.</p>' in markup.html("Siehe ![Film](video:f11m).")
    assert markup.html("![Film](video:f11m)").strip() == "<p>Video: Film (nicht vorhanden)</p>"


def test_pictures_and_videos_are_asked_for_where_they_are_served(app: Flask) -> None:
    with app.test_request_context():
        seen = markup.html("![Knopf](bild:abcd)\n\n![Film](video:f11m)", {"f11m": FILM})
        for endpoint, token in (("picture", "abcd"), ("video", "f11m"), ("poster", "f11m"), ("captions", "f11m")):
            assert f'"{url_for(f"kb.{endpoint}", token=token)}"' in seen


def test_the_star_between_letters_is_a_letter() -> None:
    assert markup.html("Leser*innen und Lehrer*innen, *sehr* wichtig") == (
        "<p>Leser*innen und Lehrer*innen, <em>sehr</em> wichtig</p>\n"
    )


def test_plain_text_has_every_word_and_no_sign() -> None:
    body = "# Titel\n\nEin **fettes** `x < y` [Wort](https://a.example)\nund mehr.\n\n"
    body += STEPS + "\n:::tipp Kurz\n```\nls\n```\n:::"
    assert markup.plain(body).splitlines() == [
        "Titel",
        "Ein fettes x < y Wort und mehr.",
        "Stecker prüfen",
        "Knopf drücken",
        "Knopf an der Seite",
        "Kurz",
        "ls",
    ]


def test_links_and_pictures_of_a_text_are_known() -> None:
    body = (
        "[a](https://a.example/1) [a](https://a.example/1) ![b](http://b.example/x) [c](/wissen/3) [d](#oben) "
        "[e](mailto:a@b.de) ![f](bild:abcd1234) ![g](video:efgh5678) <https://c.example> [h](javascript:x)"
    )
    assert markup.links(body) == (
        "https://a.example/1",
        "http://b.example/x",
        "/wissen/3",
        "https://c.example",
    )
    assert markup.tokens(body) == {"abcd1234", "efgh5678"}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("a" * 100_001, "Ein Artikel fasst höchstens"),
        ("\n" * 4_001, "Ein Artikel fasst höchstens"),
        ("> " * 20 + "tief", "Listen, Zitate und Blöcke sind zu tief"),
        ("[a]: /" + "x" * 1_900 + "\n\n" + ("[a] " * 90 + "\n\n") * 2, "Der Artikel enthält zu viele lange Links"),
        ("[" * 2_001, "Der Artikel enthält zu viele Links oder"),
        ("- a\n  - b\n    - c\n      - d\n\n> Zitat", ""),
    ],
)
def test_a_text_beyond_the_limits_has_a_sentence_and_is_shown_as_it_was_typed(body: str, sentence: str) -> None:
    assert markup.problem(body).startswith(sentence)
    assert bool(sentence) == bool(markup.problem(body))
    assert markup.html(body).startswith("<pre") == bool(sentence)
    if sentence:
        assert markup.plain(body) == body
        assert (markup.headings(body), markup.links(body), markup.tokens(body)) == ((), (), frozenset())
