"""Markdown of attackers: answered at once, and nothing of it is active."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsm.kb import grammar, markup

MEGABYTE = 1_000_000
TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "em", "strong"),
    *("s", "a", "img", "div", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "rel", "start", "src", "alt", "loading", "role", "tabindex", "aria-label", "scope", "class", "id"}
FLOODS = {
    "brackets": "[",
    "pictures": "![[[",
    "open links": "[a](",
    "bracket lines": "[x\n",
    "stars": "*a ",
    "star words": "a**b",
    "mixed stars": "***a** b*",
    "underscores": "_a",
    "tildes": "~~a ",
    "quotes": ">",
    "quoted lists": "> - a\n",
    "lists in lists": "- ",
    "loose list": "1. a\n\n",
    "ticks": "`a",
    "tags": "<a ",
    "entities": "&amp;",
    "headings": "# a\n",
    "underlined": "a\n===\n",
    "blocks": ":::hinweis\n",
    "colons": ":::\n",
    "rules": "---\n\n",
    "rows": "|a\n",
    "addresses": "http://a.b ",
    "definitions": "[a]: b (\n",
    "backslashes": "\\",
    "zero bytes": "\0",
}


class Reader(HTMLParser):
    """What a browser would make of it: every tag and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_inert(seen: str) -> None:
    reader = Reader()
    reader.feed(seen)
    for tag, attributes in reader.found:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES
        assert (attributes.get("src") or "/wissen/bild/").startswith("/wissen/bild/")
        assert (attributes.get("id") or "abschnitt-").startswith("abschnitt-")
        href = attributes.get("href") or "#"
        assert urlsplit(href).scheme in ("", "http", "https", "mailto", "tel")
        assert urlsplit(href).scheme or (href[0] in "/#" and href[:2] != "//")


def cut(flood: str) -> str:
    """As much of it as is still read."""
    return "\n".join(flood[: grammar.LONGEST].split("\n")[: grammar.MOST_LINES])


SPECIAL = {
    "wide table": "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n" + "|a|\n" * 1_000,
    "empty rows": "|" + "a|" * 29 + "\n|" + "-|" * 29 + "\n" + "|\n" * 3_900,
    "many tables": "|a|\n|-|\n|b|\n\n" * 900,
    "lazy quote": ">" * 8 + "a\n" + "b\n" * 3_900,
    "quote lines": "\n".join(">" * n for n in range(400)),
    "paragraphs": ("[" * 500 + "\n\n") * 4,
    "picture paragraphs": ("![[" * 999 + "\n\n"),
    "one reference": "[a]: /" + "x" * 50 + "\n\n" + ("[a] " * 400 + "\n\n") * 4,
    "definitions with titles": ('[a]: x "' + "a" * 4_900 + "\n\n") * 20,
    "tick runs": " ".join("`" * n for n in range(1, 430)),
    "deep blocks": "".join(":" * (3 + n) + "hinweis\n" for n in range(400)),
    "same anchors": "# a\n# a-2\n" * 1_900,
}


@pytest.mark.parametrize("flood", [*FLOODS, *SPECIAL])
def test_no_flood_keeps_the_server_busy(flood: str) -> None:
    hostile = cut(SPECIAL.get(flood) or FLOODS[flood] * (grammar.LONGEST // len(FLOODS[flood])))
    begun = time.process_time()
    seen = markup.html(hostile)
    assert time.process_time() - begun < 2
    assert_inert(seen[:200_000])


def test_a_megabyte_is_shown_as_it_was_typed_at_once() -> None:
    begun = time.process_time()
    for flood in FLOODS.values():
        hostile = (flood + "<script>alert(1)</script>") * (MEGABYTE // (len(flood) + 25))
        assert "<script" not in markup.html(hostile)
        assert markup.links(hostile) == ()
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A;avascript&colon;alert(1)",
        "javascript&#x3a;alert(1)",
        "java&Tab;script:alert(1)",
        "java&NewLine;script:alert(1)",
        "\x01javascript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/svg+xml,<svg/onload=alert(1)>",
        "file:///etc/passwd",
        "blob:https://a/b",
        "//evil.example",
        "\\\\evil.example",
        "https:evil",
        "http://",
        "bild:../../etc/passwd",
        "video:a/../../b",
        "bild:abcd?x",
        "view-source:http://a.example",
        "seite.html",
    ],
)
def test_an_address_that_could_do_something_is_no_link(address: str) -> None:
    for body in (f"[x]({address})", f"[x](<{address}>)", f"![x]({address})", f"<{address}>", f"[x]: {address}\n\n[x]"):
        seen = markup.html(body)
        assert "<a" not in seen
        assert "<img" not in seen
        assert markup.links(body) == ()


@pytest.mark.parametrize(
    "raw",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<form><button formaction=javascript:alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<a href='javascript:alert(1)' id=csrf_token name=body>x</a>",
        "<base href=//evil.example><meta http-equiv=refresh content=0>",
        "<style>@import '//evil.example'</style><link rel=stylesheet href=//evil.example>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?php x ?><xmp><img src=x onerror=alert(1)></xmp>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        '[x](https://a.example/"onmouseover="alert(1))',
        '[x](https://a.example "t\\" onmouseover=alert(1)")',
        '![" onerror="alert(1)](bild:abcd1234)',
        '![x](https://a.example/"><script>alert(1)</script>)',
        '```"><script>alert(1)</script>\nx\n```',
        ":::hinweis <script>alert(1)</script>\nx\n:::",
        '# <img src=x onerror=alert(1)> {#id onclick="x"}',
        "| <script>alert(1)</script> |\n|---|\n| <b onclick=x> |",
    ],
)
def test_typed_html_is_shown_and_does_nothing(raw: str) -> None:
    for body in (raw, f"> - {raw}", f":::achtung\n{raw}\n:::"):
        assert_inert(markup.html(body))


PIECES = [
    *FLOODS.values(),
    "![a](video:abcd)",
    "](javascript:a)",
    "<svg ",
    "onload=x>",
    '"',
    "'",
    "\n\n",
    "\t",
    "| - |",
    "&#0;",
]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join))
def test_whatever_is_typed_is_inert(body: str) -> None:
    assert_inert(markup.html(body))
    markup.plain(body), markup.headings(body), markup.tokens(body)
