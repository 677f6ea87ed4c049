"""The Markdown of articles: what is understood, and up to where.

Source: docs/rules/markup.md, MU-1, MU-4 and MU-6.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

# A book of forty pages; the longest of 544 real articles has 39,000 characters.
LONGEST = 100_000
LONGEST_PARAGRAPH = 5_000
MOST_BRACKETS = 2_000
MOST_LINES = 4_000
LONGEST_ADDRESS = 2_000
MOST_COLUMNS = 30
MOST_CELLS = 5_000
# A reference names an address once and may use it often.
MOST_ADDRESS = 2 * LONGEST
DEEPEST = 14

# What a block is called in the text, and the word it begins with.
BLOCKS = {"schritte": "", "hinweis": "Hinweis", "tipp": "Tipp", "achtung": "Achtung"}
PICTURE, VIDEO = "bild:", "video:"
_TOKEN = re.compile(r"(?:bild|video):[0-9A-Za-z_-]{4,64}")
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")


class TooMuch(Exception):
    """The text is longer or nests deeper than an article may; the sentence says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse(body: str) -> list[Token]:
    """Return the tokens of a text.

    Raises: TooMuch for a text no article needs and that would keep the server busy.
    """
    if is_too_long(body):
        raise TooMuch(
            "Ein Artikel fasst höchstens 100.000 Zeichen in 4.000 Zeilen, etwa vierzig Seiten. "
            "Bitte teilen Sie ihn in mehrere Artikel."
        )
    if body.count("[") > MOST_BRACKETS:
        raise TooMuch(
            "Der Artikel enthält zu viele Links oder eckige Klammern. Bitte teilen Sie ihn in mehrere Artikel."
        )
    tokens = _markdown.parse(body)
    if sum(len(str(token.attrs.get("href", ""))) for token in inside(tokens)) > MOST_ADDRESS:
        raise TooMuch("Der Artikel enthält zu viele lange Links. Bitte teilen Sie ihn in mehrere Artikel.")
    if any(token.level >= DEEPEST - 1 for token in tokens):
        raise TooMuch(
            "Listen, Zitate und Blöcke sind zu tief ineinander geschachtelt. Bitte nutzen Sie weniger Ebenen."
        )
    return tokens


def is_too_long(body: str) -> bool:
    """Say whether a text has more characters or lines than are read as Markdown."""
    return len(body) > LONGEST or body.count("\n") > MOST_LINES


def kind_of(href: str) -> str:
    """Return what an address is: "web", "mail", "page" of ours, "anchor" in this text, "media"; empty if refused."""
    if _UNSEEN.search(href) or len(href) > LONGEST_ADDRESS:
        return ""
    if _TOKEN.fullmatch(href):
        return "media"
    if href.startswith("#"):
        return "anchor"
    if href.startswith("/"):
        return "" if href.startswith("//") else "page"
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES:
        return ""
    if parts.scheme in ("mailto", "tel"):
        return "mail"
    return "web" if parts.hostname else ""


def inside(tokens: list[Token]) -> Iterator[Token]:
    """Every token with those inside paragraphs, in the order of the text."""
    for token in tokens:
        yield token
        yield from token.children or ()


def words(tokens: Iterable[Token]) -> str:
    """Return what a reader would read aloud of the tokens of a paragraph, or of a block of code."""
    return "".join(
        words(token.children or []) if token.type == "image" else " " * token.type.endswith("break") or token.content
        for token in tokens
    )


def block_words(token: Token) -> str:
    """Return the words of a block: a paragraph, lines of code, or the title of a call-out."""
    if token.type.startswith("container_"):
        return block_title(token)
    return words(token.children or [token])


def block_title(token: Token) -> str:
    """Return what the author wrote behind the name of a call-out."""
    return token.info.strip().partition(" ")[2].strip()


def _bounded_inline(state: StateCore) -> None:
    """Read what stands in paragraphs; a paragraph no person writes stays as it was typed."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        if len(token.content) > LONGEST_PARAGRAPH:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _readable_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a table, unless nobody could read it."""
    columns = state.src[state.bMarks[start] : state.eMarks[start]].count("|") + 1
    if columns > MOST_COLUMNS:
        return False
    if not silent and columns > 1:
        rows = next((line for line in range(start, end) if state.isEmpty(line)), end) - start
        if columns * rows > MOST_CELLS:
            return False
    return table(state, start, end, silent)


def _gender_star(state: StateInline, silent: bool) -> bool:
    """Read the star in "Lehrer*innen" as a letter; whoever stresses part of a word can do so with two."""
    at = state.pos
    if state.src[at] != "*" or not (state.src[at - 1 : at].isalpha() and state.src[at + 1 : at + 2].isalpha()):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


def _make() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST})
    markdown.enable(["table", "strikethrough"])
    markdown.use(gfm_autolink_plugin).disable(["gfm_autolink_www", "gfm_autolink_email"])
    for name in BLOCKS:
        markdown.use(container_plugin, name)
    markdown.block.ruler.at("table", _readable_table, {"alt": ["paragraph", "reference"]})
    markdown.core.ruler.at("inline", _bounded_inline)
    markdown.inline.ruler.before("emphasis", "gender_star", _gender_star)
    markdown.validateLink = lambda href: bool(kind_of(href))  # type: ignore[method-assign, assignment]
    return markdown


_markdown = _make()
OPTIONS = _markdown.options
