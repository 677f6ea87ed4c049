"""What a text holds and what readers see of it: safe HTML, headings, links, and its bare words.

Source: docs/rules/markup.md.
"""

from collections.abc import Mapping

from markupsafe import Markup

from itsm.kb import grammar, outline
from itsm.kb.grammar import TooMuch, block_words, inside, kind_of
from itsm.kb.models import ArticleVideo
from itsm.kb.outline import Heading
from itsm.kb.rendering import render

__all__ = ["Heading", "Written", "addresses", "headings", "html", "links", "plain", "problem", "tokens"]


def problem(body: str) -> str:
    """Return in a sentence why a text cannot be shown as it is meant; empty if it can."""
    try:
        grammar.parse(body)
    except TooMuch as error:
        return error.sentence
    return ""


class Written:
    """A text that has been read once: its headings, what it shows, and how readers see it."""

    def __init__(self, body: str) -> None:
        self._body = body
        try:
            self._tokens = grammar.parse(body)
            self._is_too_much = False
        except TooMuch:
            self._tokens, self._is_too_much = [], True
        self.headings = tuple(outline.place(self._tokens))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Each address the text leads to or shows, once: on the web, pages of our own, pictures and videos."""
        found = (str(token.attrs.get("href") or token.attrs.get("src") or "") for token in inside(self._tokens))
        return tuple(dict.fromkeys(address for address in found if kind_of(address) in ("web", "page", "media")))

    @property
    def tokens(self) -> frozenset[str]:
        """The tokens of the pictures and videos the text shows."""
        return frozenset(address.partition(":")[2] for address in self.addresses if kind_of(address) == "media")

    def html(self, videos: Mapping[str, ArticleVideo] = {}) -> Markup:
        """Return the text as HTML in which nothing is active but links and our own player, given by its token.

        A text beyond the limits is shown as it was typed (MU-6).
        """
        if self._is_too_much:
            return Markup('<pre class="kb-plain">{}</pre>').format(self._body)
        return render(self._tokens, videos)


def html(body: str, videos: Mapping[str, ArticleVideo] = {}) -> Markup:
    """Return a text as readers see it."""
    return Written(body).html(videos)


def plain(body: str) -> str:
    """Return the words of a text without its markup, a line for each paragraph."""
    try:
        tokens = grammar.parse(body)
    except TooMuch:
        return body
    return "\n".join(filter(None, (block_words(token).strip() for token in tokens)))


def headings(body: str) -> tuple[Heading, ...]:
    """Return the headings of a text in order, with the levels and anchors they have on the page."""
    return Written(body).headings


def addresses(body: str) -> tuple[str, ...]:
    """Return each address a text leads to or shows, once."""
    return Written(body).addresses


def links(body: str) -> tuple[str, ...]:
    """Return the addresses a text leads to: on the web, and pages of our own."""
    return tuple(address for address in addresses(body) if kind_of(address) != "media")


def tokens(body: str) -> frozenset[str]:
    """Return the tokens of the pictures and videos a text shows."""
    return Written(body).tokens
