"""Read the list "devices" of an answer object by object, so that 100 MB never lie in memory as a whole."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator

LARGEST_HEAD = 100_000
LARGEST_RECORD = 1_000_000
# A quote inside a text is escaped, so this can only be the key itself.
_START = re.compile(r'(?<!\\)"devices"\s*:\s*\[')
_COUNT = re.compile(r'(?<!\\)"count"\s*:\s*(\d{1,9})(?=[\s,}])')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class Unreadable(ValueError):
    """The answer is not the documented JSON."""


class Listing:
    """The devices of one answer; `count` is what the answer itself says there are, if it does."""

    count: int | None = None

    def read(self, chunks: Iterable[bytes]) -> Iterator[object]:
        """Return the entries of the list one by one.

        Raises: Unreadable, also after some of them.
        """
        text, is_inside, is_over = "", False, False
        for piece in _decoded(chunks):
            text += piece
            if not is_inside and (start := _START.search(text)):
                self._note_count(text[: start.start()])
                text, is_inside = text[start.end() :], True
            if is_inside and not is_over:
                found, text, is_over = _objects(text)
                yield from found
            if len(text) > (LARGEST_RECORD if is_inside and not is_over else LARGEST_HEAD):
                raise Unreadable("too much text that is no list of devices")
        if not is_over:
            raise Unreadable("the list has no end" if is_inside else "no list of devices")
        self._note_count(text)

    def _note_count(self, text: str) -> None:
        if found := _COUNT.search(text):
            self.count = int(found[1])


def _objects(text: str) -> tuple[list[object], str, bool]:
    """The whole objects at the start of the text, the rest of it, and whether the list ends there."""
    found: list[object] = []
    position = 0
    while True:
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position
        if text[position : position + 1] in ("", "]"):
            return found, text[position + 1 :], text[position : position + 1] == "]"
        if text[position] != "{":
            raise Unreadable("an entry that is no object")
        try:
            entry, position = _DECODER.raw_decode(text, position)
        except json.JSONDecodeError:
            return found, text[position:], False
        except RecursionError as error:
            raise Unreadable("nested too deeply") from error
        found.append(entry)


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable("no UTF-8") from error
