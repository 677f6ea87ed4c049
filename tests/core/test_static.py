"""Serving of the built front end."""

import gzip
import re

import pytest
from flask import Flask

from itsm.core import static


@pytest.fixture(scope="module")
def built() -> Flask:
    """An application that serves nothing but the built files."""
    app = Flask("front", static_folder=None)
    static.init(app)
    return app


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return static.asset(name)


def test_an_asset_has_a_hashed_address_and_is_kept_for_a_year(built: Flask) -> None:
    url = address(built, "app.css")
    assert re.fullmatch(r"/static/dist/app-[A-Z0-9]{8}\.css", url)
    answer = built.test_client().get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None), ("", None)],
)
def test_a_browser_gets_the_smallest_twin_it_can_read(built: Flask, accepted: str, encoding: str | None) -> None:
    answer = built.test_client().get(address(built, "app.js"), headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/javascript"


def test_the_twins_hold_the_same_file(built: Flask) -> None:
    client, url = built.test_client(), address(built, "app.css")
    plain = client.get(url, headers={"Accept-Encoding": "identity"}).data
    assert gzip.decompress(client.get(url, headers={"Accept-Encoding": "gzip"}).data) == plain


def test_a_font_is_sent_as_it_is(built: Flask) -> None:
    answer = built.test_client().get(address(built, "FiraSans-Regular.woff2"), headers={"Accept-Encoding": "br"})
    assert answer.mimetype == "font/woff2"
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["manifest.json", "app.css", "..%2F..%2Fapp.py", "app-ZZZZZZZZ.css"])
def test_nothing_but_built_files_is_served(built: Flask, name: str) -> None:
    assert built.test_client().get(f"/static/dist/{name}").status_code == 404


def test_a_missing_asset_says_how_to_build_it(built: Flask) -> None:
    with pytest.raises(static.AssetMissing, match=r"'nothing\.js'.*make setup"):
        address(built, "nothing.js")


def test_styles_scripts_and_fonts_of_the_report_page_fit_into_100_kib(built: Flask) -> None:
    names = ["app.css", "theme.js", "app.js", "report.js", "FiraSans-Regular.woff2", "FiraSans-SemiBold.woff2"]
    client = built.test_client()
    sizes = [len(client.get(address(built, name), headers={"Accept-Encoding": "br"}).data) for name in names]
    assert sum(sizes) <= 100 * 1024
