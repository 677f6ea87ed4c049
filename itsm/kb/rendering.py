"""From the tokens of a text to HTML, cleaned by an allow-list afterwards: two locks, one behind the other.

Source: docs/rules/markup.md, MU-2, MU-4 and MU-5.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from itsm.kb import outline
from itsm.kb.grammar import BLOCKS, OPTIONS, VIDEO, block_title, kind_of, words
from itsm.kb.models import ArticleVideo

# Where the pages kb.picture and kb.video answer; nothing else is ever loaded by a text.
PICTURES, VIDEOS = "/wissen/bild/", "/wissen/video/"

_CLEANER = nh3.Cleaner(
    tags={
        *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "em", "strong"),
        *("s", "a", "img", "div", "table", "thead", "tbody", "tr", "th", "td"),
        *("figure", "figcaption", "video", "track", "details", "summary"),
    },
    attributes={
        "a": {"href", "rel"},
        "ol": {"start"},
        "img": {"src", "alt", "loading"},
        "div": {"role", "tabindex", "aria-label"},
        "th": {"scope"},
        "video": {"src", "poster", "controls", "preload", "aria-label"},
        "track": {"src", "kind", "srclang", "label", "default"},
        **{f"h{level}": {"id"} for level in range(2, 7)},
    },
    allowed_classes={
        "div": {"kb-table", "kb-steps", "kb-note", *(f"kb-note--{name}" for name in BLOCKS)},
        "p": {"kb-note__word"},
        "th": {"kb-end", "kb-middle"},
        "td": {"kb-end", "kb-middle"},
        "figure": {"kb-video"},
    },
    attribute_filter=lambda tag, name, value: value if _is_ours(name, value) else None,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)


def _is_ours(name: str, value: str) -> bool:
    """Only our own pictures and videos are loaded, and only our anchors are names."""
    if name in ("src", "poster"):
        return value.startswith((PICTURES, VIDEOS))
    return name != "id" or value.startswith(outline.PREFIX)


def render(tokens: Sequence[Token], videos: Mapping[str, ArticleVideo]) -> Markup:
    """Return the tokens of a text, its headings placed, as clean HTML."""
    rendered = _Renderer(videos).render(_videos_apart(tokens), OPTIONS, {})
    return Markup(_CLEANER.clean(rendered))  # noqa: S704 - this is what cleans it


def _videos_apart(tokens: Sequence[Token]) -> Sequence[Token]:
    """Make a video that stands alone in its paragraph a player; within a sentence it is a link."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        children = token.children or []
        if before.type == "paragraph_open" and len(children) == 1 and _source(children[0]).startswith(VIDEO):
            children[0].type = "video"
            before.hidden = after.hidden = True
    return tokens


def _source(token: Token) -> str:
    return str(token.attrs.get("src", "")) if token.type == "image" else ""


class _Renderer(RendererHTML):
    """How each kind of token is written; a method is found by the name of the token."""

    def __init__(self, videos: Mapping[str, ArticleVideo]) -> None:
        super().__init__()
        self.rules: dict[str, Any]
        self._videos = videos
        self._tables = 0
        self._in_link = False
        for name, word in BLOCKS.items():
            self.rules[f"container_{name}_open"] = self._note if word else self._steps
            self.rules[f"container_{name}_close"] = self._end

    def _steps(self, *_: Any) -> str:
        return '<div class="kb-steps">'

    def _end(self, *_: Any) -> str:
        return "</div>"

    def _note(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        name = tokens[index].info.split()[0]
        word = ": ".join(filter(None, (BLOCKS[name], block_title(tokens[index]))))
        return f'<div class="kb-note kb-note--{name}"><p class="kb-note__word">{escape(word)}</p>'

    def link_open(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write the start of a link; search engines get no vote from us for what lies elsewhere."""
        self._in_link = True
        href = str(tokens[index].attrs["href"])
        if kind_of(href) == "anchor":
            href = "#" + outline.anchor(unquote(href[1:]))
        rel = ' rel="noopener nofollow"' if kind_of(href) == "web" else ""
        return f'<a href="{escape(href)}"{rel}>'

    def link_close(self, *_: Any) -> str:
        """Write the end of a link."""
        self._in_link = False
        return "</a>"

    def image(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write a picture of ours; one from elsewhere is a link with its alternative text, and nobody is asked."""
        token = tokens[index]
        source, alternative = _source(token), words([token]).strip()
        scheme, _colon, name = source.partition(":")
        if kind_of(source) == "media" and scheme == "bild":
            picture = f'<img src="{PICTURES}{name}" alt="{escape(alternative)}" loading="lazy">'
            # It opens large; without words a link would have no name.
            return picture if self._in_link or not alternative else f'<a href="{PICTURES}{name}">{picture}</a>'
        if kind_of(source) == "media":
            source, alternative = f"{VIDEOS}{name}", f"Video: {alternative}"
        elif kind_of(source) == "web":
            alternative = f"Bild: {alternative or source}"
        if self._in_link or kind_of(source) not in ("web", "page"):
            return escape(alternative)
        rel = ' rel="noopener nofollow"' if kind_of(source) == "web" else ""
        return f'<a href="{escape(source)}"{rel}>{escape(alternative)}</a>'

    def video(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write our player with captions, and what is said in it to read; without the video its title."""
        title = words([tokens[index]]).strip()
        video = self._videos.get(str(tokens[index].attrs["src"]).removeprefix(VIDEO))
        if video is None:
            return f"<p>Video: {escape(title)} (nicht vorhanden)</p>"
        return _PLAYER.format(
            source=f"{VIDEOS}{video.token}",
            title=title or video.title,
            transcript=Markup("").join(
                Markup("<p>{}</p>").format(part) for part in video.transcript.splitlines() if part
            ),
        )

    def fence(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write lines to be typed."""
        return f"<pre><code>{escape(tokens[index].content)}</code></pre>\n"

    def code_block(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write lines to be typed that were indented."""
        return self.fence(tokens, index)

    def table_open(self, *_: Any) -> str:
        """Write the start of a table that scrolls by itself where the page is narrow."""
        self._tables += 1
        return f'<div class="kb-table" role="region" tabindex="0" aria-label="Tabelle {self._tables}"><table>'

    def table_close(self, *_: Any) -> str:
        """Write the end of a table."""
        return "</table></div>"

    def th_open(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write a cell of the head; an empty corner heads nothing."""
        if not tokens[index + 1].content.strip():
            tokens[index + 2].tag = "td"
            return "<td>"
        return f'<th scope="col"{_aligned(tokens[index])}>'

    def td_open(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Write a cell."""
        return f"<td{_aligned(tokens[index])}>"


def _aligned(token: Token) -> str:
    style = str(token.attrs.get("style", ""))
    name = {"text-align:right": "kb-end", "text-align:center": "kb-middle"}.get(style)
    return f' class="{name}"' if name else ""


_PLAYER = Markup(
    '<figure class="kb-video">'
    '<video src="{source}" poster="{source}/bild" aria-label="{title}" preload="none" controls>'
    '<track src="{source}/untertitel.vtt" kind="captions" srclang="de" label="Deutsch" default></video>'
    "<figcaption>{title}</figcaption>"
    "<details><summary>Text des Videos lesen</summary>{transcript}</details></figure>"
)
