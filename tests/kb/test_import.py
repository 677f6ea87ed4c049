"""Articles from files: all or nothing, nothing twice, and out again as they came in."""

import html
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from PIL import Image
from sqlalchemy.orm import scoped_session

from itsm.core import clock, pictures
from itsm.core.errors import DomainError
from itsm.kb import markup
from itsm.kb.cli import export_articles, import_articles
from itsm.kb.exchange import reading
from itsm.kb.models import Article, ArticlePicture, Audience, IndexedArticle, Language, Revision, Shape
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.kb.factories import make_article, make_category, translate

FULL = """\
---
id: drucker
titel: "Drucker einrichten: so geht's"
kurz: In fünf Minuten
zielgruppe: schulpersonal
bereich: Drucken & Scannen
schlagworte: [Drucker, Toner]
schulformen: ["02", "20"]
geraete: [projector]
art: schritte
gueltig_bis: 2027-07-31
pruefen_am: 2027-02-01
redaktion: Medienzentrum
quelle: Handbuch
lizenz: CC BY-SA 4.0
herkunft: https://a.example
urheber: Ada
sprachen:
  en:
    titel: Set up the printer
    text: |
      # Set up the printer

      Press --- the button.
---

# Drucker einrichten: so geht's

Den Knopf *drücken*.

## Danach

Fertig.
"""


def bring(path: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(import_articles, [str(path), "--json", *options])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert isinstance(found, dict)
    return found


def refused(path: Path, *options: str) -> str:
    result: Result = CliRunner().invoke(import_articles, [str(path), *options])
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr


def put_out(folder: Path, *options: str) -> Path:
    result = CliRunner().invoke(export_articles, [str(folder), *options])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "drucker.md").write_text(FULL, encoding="utf-8")
    return tmp_path


def test_everything_the_front_matter_says_is_taken(session: scoped_session, folder: Path) -> None:
    assert bring(folder)["added"] == 1
    article = session.query(Article).one()
    assert article.category is not None
    assert (article.state, article.is_live, article.german.published) == (State.DRAFT, False, None)
    assert (article.audience, article.shape, article.category.name) == (
        Audience.STAFF,
        Shape.STEPS,
        "Drucken & Scannen",
    )
    assert (article.tags, article.school_forms, article.device_kinds) == (
        ["Drucker", "Toner"],
        ["02", "20"],
        ["projector"],
    )
    assert (str(article.valid_until), str(article.review_on), article.team) == (
        "2027-07-31",
        "2027-02-01",
        "Medienzentrum",
    )
    assert (article.source, article.licence, article.origin, article.author) == (
        "Handbuch",
        "CC BY-SA 4.0",
        "https://a.example",
        "Ada",
    )
    # The first heading is the title and not said twice.
    assert article.german.body == "Den Knopf *drücken*.\n\n## Danach\n\nFertig."
    english = article.text(Language.ENGLISH)
    assert english and (english.title, english.body) == ("Set up the printer", "Press --- the button.")


def test_a_second_run_changes_what_changed_and_nothing_else(session: scoped_session, folder: Path) -> None:
    (folder / "zweiter.md").write_text("# Ohne Kopfdaten\n\nText.", encoding="utf-8")
    assert bring(folder, "--publish")["published"] == 2
    revisions = session.query(Revision).count()
    again = bring(folder, "--publish")
    assert (again["added"], again["changed"], again["unchanged"], again["published"]) == (0, 0, 2, 0)
    assert session.query(Revision).count() == revisions
    (folder / "drucker.md").write_text(FULL.replace("Fertig.", "Geschafft."), encoding="utf-8")
    changed = bring(folder)
    assert (changed["changed"], changed["unchanged"]) == (1, 1)
    article = session.query(Article).filter_by(origin_key="drucker").one()
    # Readers keep what they had until somebody publishes.
    assert (article.state, article.is_live) == (State.DRAFT, True)
    assert article.german.published is not None and article.german.published.body.endswith("Fertig.")
    assert bring(folder, "--publish")["published"] == 1
    assert article.german.published.body.endswith("Geschafft.")
    assert [entry.move for entry in article.entries] == ["import", "publish", "import", "publish"]


def test_what_a_file_does_not_name_stays_as_the_editors_set_it(session: scoped_session, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Titel\n\nText.", encoding="utf-8")
    bring(tmp_path)
    article = session.query(Article).one()
    article.audience, article.tags = Audience.SUPPORT, ["von Hand"]
    session.commit()
    assert bring(tmp_path)["unchanged"] == 1
    assert (article.audience, article.tags) == (Audience.SUPPORT, ["von Hand"])


def test_replacing_empties_the_collection_and_no_other(session: scoped_session, folder: Path, tmp_path: Path) -> None:
    own = make_article("Eigener Artikel")
    bring(folder, "--publish", "--collection", "andere")
    bring(folder, "--publish")
    (folder / "drucker.md").rename(folder / "neu.md")
    (folder / "neu.md").write_text("# Nur dieser\n\nText.", encoding="utf-8")
    outcome = bring(folder, "--publish", "--replace")
    assert (outcome["removed"], outcome["added"]) == (1, 1)
    kept = {(article.collection, article.origin_key) for article in session.query(Article)}
    assert kept == {("", None), ("andere", "drucker"), ("import", "neu")}
    assert session.query(IndexedArticle).count() == 3
    assert own.is_live


def test_a_category_is_found_by_its_name_or_address_before_it_is_made(session: scoped_session, tmp_path: Path) -> None:
    shelf = make_category(name="Drucken", slug="drucken-und-scannen")
    for name in ("Drucken", "drucken-und-scannen", "Drucken und Scannen", "Neu"):
        (tmp_path / f"{name}.md").write_text(f"---\nbereich: {name}\n---\n# {name}\n", encoding="utf-8")
    bring(tmp_path)
    categories = [article.category for article in session.query(Article).order_by(Article.origin_key)]
    assert [one.name for one in categories if one] == ["Drucken", "Drucken", "Neu", "Drucken"]
    assert [one.position > shelf.position for one in categories if one and one is not shelf] == [True]


def test_what_is_published_is_looked_at_again_in_a_year_unless_the_file_says_when(
    session: scoped_session, folder: Path
) -> None:
    (folder / "zweiter.md").write_text("# Zweiter", encoding="utf-8")
    bring(folder, "--publish")
    given, own = session.query(Article).order_by(Article.origin_key)
    assert str(given.review_on) == "2027-02-01"
    assert own.review_on == clock.local_day(clock.now()) + timedelta(days=365)


def test_an_article_in_the_recycle_bin_stays_there(session: scoped_session, folder: Path) -> None:
    bring(folder)
    article = session.query(Article).one()
    article.deleted_at = article.created_at
    session.commit()
    outcome = bring(folder, "--publish")
    assert (outcome["in_bin"], outcome["added"], article.is_live) == (1, 0, False)


def test_json_lines_are_taken_alone_or_out_of_their_folder(session: scoped_session, folder: Path) -> None:
    rows = [{"id": str(n), "titel": f"Titel {n}", "kurz": "", "text": "Text", "gruppe": "x"} for n in (1, 2)]
    file = folder / "artikel.jsonl"
    file.write_text("\ufeff" + "\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    outcome = bring(folder)
    assert (outcome["added"], outcome["read"]) == (2, str(file))
    assert bring(file)["unchanged"] == 2


def test_an_export_comes_in_again_as_the_same_articles(session: scoped_session, folder: Path, tmp_path: Path) -> None:
    bring(folder, "--publish")
    own = make_article("Von hier", body="# Von hier\n\nText\r\nmehr  \n", tags=["x"], category_id=make_category().id)
    translate(own, Language.SIMPLE, Words("Leicht", "", "Kurz.\n\n---\n\n`x: y`"))
    texts = {text.id: (text.title, text.body, text.version_id) for one in session.query(Article) for text in one.texts}
    out = put_out(tmp_path / "aus")
    outcome = bring(out, "--publish")
    assert (outcome["added"], outcome["changed"], outcome["unchanged"]) == (0, 0, 2)
    again = {text.id: (text.title, text.body, text.version_id) for one in session.query(Article) for text in one.texts}
    assert again == texts
    # Elsewhere they are new, and say the same.
    copied = bring(out, "--collection", "kopie")
    assert (copied["added"], copied["unchanged"]) == (1, 1)
    assert "nicht leer" in CliRunner().invoke(export_articles, [str(out)]).stderr


def test_only_what_readers_see_is_put_out_unless_all_is_asked_for(session: scoped_session, tmp_path: Path) -> None:
    article = make_article("Titel", body="Gelesen.")
    article.german.body = "Noch nicht."
    session.commit()
    name = f"artikel-{article.id}.md"
    assert "Gelesen." in (put_out(tmp_path / "a") / name).read_text(encoding="utf-8")
    assert "Noch nicht." in (put_out(tmp_path / "b", "--all") / name).read_text(encoding="utf-8")
    assert list(put_out(tmp_path / "c", "--collection", "keine").iterdir()) == []


def test_pictures_come_along_in_both_directions(session: scoped_session, tmp_path: Path) -> None:
    (tmp_path / "bilder").mkdir()
    Image.new("RGB", (8, 6), "red").save(tmp_path / "bilder" / "knopf.png")
    (tmp_path / "fern.png").symlink_to("/etc/hostname")
    body = "# Mit Bild\n\n![Knopf](bilder/knopf.png) ![Weg](bilder/fehlt.png) ![Fern](fern.png) ![Oben](../x.png)"
    (tmp_path / "a.md").write_text(body, encoding="utf-8")
    bring(tmp_path, "--publish")
    row = session.query(ArticlePicture).one()
    assert (row.alternative, row.width, row.height) == ("Knopf", 8, 6)
    assert pictures.path(row.token).is_file()
    assert bring(tmp_path, "--publish")["unchanged"] == 1
    out = put_out(tmp_path / "aus")
    assert (out / "bilder" / f"{row.token}.jpg").is_file()
    assert bring(out)["unchanged"] == 1
    assert bring(tmp_path, "--replace", "--publish")["removed"] == 1
    assert pictures.path(session.query(ArticlePicture).one().token).is_file()


BOMB = "---\na: &a [x, x]\nb: &b [*a, *a]\ntitel: *b\n---\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Nur Text ohne Titel", "kaputt.md: Es fehlt der titel."),
        (b"---\ntitel: x\n", "kaputt.md, Zeile 1: Die Kopfdaten enden nicht"),
        (b"---\nid: a\ntitel: [x\n---\n", "kaputt.md, Zeile 4: Die Kopfdaten lassen sich nicht lesen"),
        (b"---\n- x\n---\n", "kaputt.md, Zeile 2: Die Kopfdaten müssen"),
        (BOMB.encode(), "kaputt.md, Zeile 3: Die Kopfdaten lassen sich nicht lesen"),
        (b"---\ntitel: " + b"[" * 1000 + b"\n---\n", "Die Kopfdaten lassen sich nicht lesen"),
        (b"# Titel\n\n\xe4", "kaputt.md, Zeile 3: Die Datei ist nicht in UTF-8 gespeichert."),
        (b"# Titel\n\n\0", "kaputt.md: „text“ enthält ein Zeichen"),
        (b"---\ntitel: x\nzielgruppe: niemand\n---\n", "muss eines davon sein: alle, schulpersonal, support."),
        (b"---\ntitel: x\ngueltig_bis: 31.7.2027\n---\n", "muss ein Tag wie 2027-07-31 sein."),
        (b"---\ntitel: x\nschulformen: [Uni]\n---\n", "kennt „Uni“ nicht."),
        (b"---\ntitel: x\nstoerungen: [gibt-es-nicht]\n---\n", "Die Störungsart"),
        (b"---\nid: drucker\ntitel: x\n---\n", "kaputt.md: Die id „drucker“ hat schon drucker.md."),
        (b"# x\n" + b"a" * 10_000_000, "kaputt.md: Die Datei ist größer als 10 MB."),
        (b"# x\n" + b"a" * 1_000_001, "Der Text ist länger als eine Million Zeichen."),
    ],
)
def test_one_broken_file_rejects_the_whole_run(
    session: scoped_session, folder: Path, content: bytes, sentence: str
) -> None:
    (folder / "kaputt.md").write_bytes(content)
    said = refused(folder, "--replace")
    assert sentence in said
    assert said.rstrip().endswith("Nichts wurde übernommen.")
    assert session.query(Article).count() == 0


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (b"kein JSON", "artikel.jsonl, Zeile 1: Die Zeile ist kein JSON."),
        (b'{"id": "a", "titel": "b", "text": "c"}\n[1]', "artikel.jsonl, Zeile 2: Die Zeile muss ein Objekt"),
        (b'{"titel": "b", "text": "c"}', "Zeile 1: Es fehlt die id."),
        (b'{"id": "a", "titel": 5, "text": "c"}', "muss ein Text sein."),
        (b'{"id": "a", "titel": "b", "text": "\\ud800"}', "ein Zeichen, das in keinem Text vorkommt."),
        (b"[" * 100_000, "Zeile 1: Die Zeile ist kein JSON."),
        (b"", "steht kein Artikel"),
    ],
)
def test_a_broken_line_rejects_the_whole_run(
    session: scoped_session, tmp_path: Path, lines: bytes, sentence: str
) -> None:
    (tmp_path / "artikel.jsonl").write_bytes(lines)
    assert sentence in refused(tmp_path)


def test_an_empty_folder_and_a_name_that_is_none_are_refused(session: scoped_session, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Nur eine Beschreibung", encoding="utf-8")
    (tmp_path / "link.md").symlink_to("/etc/hostname")
    assert "steht kein Artikel" in refused(tmp_path)
    assert "braucht einen Namen" in refused(tmp_path, "--collection", " ")
    assert "does not exist" in refused(tmp_path / "fehlt")


def test_a_text_that_is_too_long_to_be_shown_as_meant_is_named(session: scoped_session, tmp_path: Path) -> None:
    (tmp_path / "lang.md").write_text("# Lang\n\n" + "wort " * 30_000, encoding="utf-8")
    assert bring(tmp_path)["too_long"] == ["lang.md"]


WORD = re.compile(r"[^\W\d_]{2,}")


def words_of(text: str) -> set[str]:
    return set(WORD.findall(text))


def test_the_real_articles_come_in_are_shown_and_go_out_as_they_were(
    session: scoped_session, shared: Path, tmp_path: Path
) -> None:
    real = shared / "data" / "kb" / "markdown"
    # As drafts: what the search makes of them is tested there.
    assert bring(real)["added"] == 338
    out = put_out(tmp_path / "aus", "--all")
    for file in sorted(real.iterdir()):
        header, body = split(file.read_text(encoding="utf-8"))
        header_again, body_again = split((out / file.name).read_text(encoding="utf-8"))
        assert header_again | header == header_again
        assert body_again.split() == body.split()
        seen = html.unescape(re.sub("<[^>]*>", " ", markup.html(reading.tidy(body))))
        assert words_of(body) <= words_of(seen)


def split(text: str) -> tuple[dict[str, str], str]:
    """The front matter and the body, told apart by hand: not by what is tested."""
    _, header, body = text.split("---\n", 2)
    found = yaml.load(header, yaml.CSafeLoader)
    assert isinstance(found, dict)
    return {key: value for key, value in found.items() if value}, body


@pytest.mark.parametrize(
    ("typed", "title"), [("# C#", "C#"), ("# Zu  ##", "Zu"), ("#  Zwei  Worte", "Zwei Worte"), ("# Teil #2", "Teil #2")]
)
def test_the_first_heading_is_the_title_and_not_said_twice(tmp_path: Path, typed: str, title: str) -> None:
    for header in ("", f"---\ntitel: '{title}'\n---\n"):
        (tmp_path / "a.md").write_text(f"{header}{typed}\n\nText", encoding="utf-8")
        _, (source,) = reading.read(tmp_path)
        assert source.texts == {Language.GERMAN: Words(title, "", "Text")}


def test_a_title_is_not_taken_from_a_heading_further_down(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Erst Text\n\n# Titel", encoding="utf-8")
    with pytest.raises(DomainError, match="Es fehlt der titel"):
        reading.read(tmp_path)
