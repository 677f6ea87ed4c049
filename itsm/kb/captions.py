"""Captions of a video (WebVTT): checked line by line before anybody's browser reads them.

Source: docs/rules/writing.md, WR-7.
"""

import re

from itsm.core.errors import DomainError

LARGEST_BYTES = 300_000
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(
    rf"{_TIME}[ \t]+-->[ \t]+{_TIME}((?:[ \t]+(?:vertical|line|position|size|align):[\w.,%-]+)*)[ \t]*"
)
_TAG = re.compile(r"</?(?:c|i|b|u|v|lang|ruby|rt)(?:\.[\w-]+)*(?:[ \t][^<>]*)?>|<(?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3}>")


def read(content: bytes) -> str:
    """Return the text of an uploaded caption file with plain line ends.

    Raises: DomainError with the line, unless it is WebVTT with nothing but cues and notes.
    """
    if len(content) > LARGEST_BYTES:
        raise DomainError("Die Untertitel sind größer als 300 KB. Bitte prüfen Sie, ob es die richtige Datei ist.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError("Die Untertitel sind nicht lesbar. Bitte speichern Sie die Datei als UTF-8.") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
    lines = text.split("\n")
    if "\x00" in text or not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        raise DomainError(
            "Das sind keine Untertitel im Format WebVTT: In der ersten Zeile steht nicht WEBVTT. "
            "Bitte wählen Sie eine Datei mit der Endung .vtt."
        )
    if not sum(_cues(lines)):
        raise DomainError("In den Untertiteln steht kein Text. Bitte prüfen Sie, ob es die richtige Datei ist.")
    return text


def _cues(lines: list[str]) -> list[bool]:
    """Check every block of lines; return for each whether it is a cue."""
    blocks, start = [], 1
    for number in range(1, len(lines) + 1):
        if number == len(lines) or not lines[number].strip():
            if number > start:
                blocks.append(_is_cue(lines[start:number], start + 1))
            start = number + 1
    return blocks


def _is_cue(block: list[str], first: int) -> bool:
    """Say whether a block is a cue; a note is none. `first` is the number of its first line."""
    if block[0].split()[0] == "NOTE":
        return False
    at = 0 if "-->" in block[0] else 1
    found = _TIMING.fullmatch(block[at]) if at < len(block) else None
    if found is None:
        raise _wrong(first + at, "Dort fehlt eine Zeit wie 00:01.000 --> 00:04.000.")
    if _milliseconds(*found.groups()[:4]) >= _milliseconds(*found.groups()[4:8]):
        raise _wrong(first + at, "Das Ende liegt nicht nach dem Beginn.")
    for number, line in enumerate(block[at + 1 :], first + at + 1):
        if "-->" in line or "<" in _TAG.sub("", line):
            raise _wrong(number, "Erlaubt ist dort nur Text, auch <i>kursiv</i> und <b>fett</b>.")
    return at + 1 < len(block)


def _milliseconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


def _wrong(line: int, why: str) -> DomainError:
    return DomainError(f"Die Untertitel stimmen in Zeile {line} nicht. {why} Bitte ändern Sie die Datei.")
