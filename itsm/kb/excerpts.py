"""The part of a text that matches a line, with the matching words marked."""

import re

from markupsafe import Markup, escape

_WORD = re.compile(r"\w+")
LONGEST = 200


def excerpt(line: str, text: str, longest: int = LONGEST) -> Markup:
    """Return the best part of a text for a line, its matching words in `<mark>`, everything else escaped."""
    return highlight(line, text[:longest])


def highlight(line: str, text: str) -> Markup:
    """Return a text with the words that match a line in `<mark>`, everything else escaped."""
    wanted = {word.lower() for word in _WORD.findall(line)}
    parts, end = [], 0
    for match in _WORD.finditer(text):
        if match.group().lower() in wanted:
            parts += [escape(text[end : match.start()]), Markup("<mark>{}</mark>").format(match.group())]
            end = match.end()
    return Markup("").join([*parts, escape(text[end:])])
