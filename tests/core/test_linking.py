"""Addresses of this site in a text become links; nothing else does."""

import pytest
from flask import Flask

from itsm.core.linking import linked

LINK = '<a class="kern-link" href="/wissen/12">http://localhost/wissen/12</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Siehe http://localhost/wissen/12.", f"Siehe {LINK}."),
        ("http://localhost/wissen/12 <b>", f"{LINK} &lt;b&gt;"),
        ("https://example.org/wissen/12", "https://example.org/wissen/12"),
        ("http://localhost.example.org/wissen/12", "http://localhost.example.org/wissen/12"),
        ("http://localhost//example.org", "http://localhost//example.org"),
        ('http://localhost/a"onclick=1', '<a class="kern-link" href="/a">http://localhost/a</a>&#34;onclick=1'),
    ],
)
def test_only_our_own_addresses_are_links(app: Flask, text: str, shown: str) -> None:
    with app.app_context():
        assert linked(text) == shown
