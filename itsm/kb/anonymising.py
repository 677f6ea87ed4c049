"""Take out of a text what points to a person, a school or a device, and say what was taken out.

It takes rather too much than too little: who reads the draft puts a word back, but nobody can call a name back.
Source: docs/rules/deflection.md, DF-8.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

PERSON, SUPPORTER, NAME = "eine Lehrkraft", "der Support", "[Name]"
SCHOOL, ROOM, CLASS, DEVICE = "[Schule]", "[Raum]", "[Klasse]", "[Gerätenummer]"
MAIL, PHONE, ADDRESS, PLACE, TICKET = "[E-Mail-Adresse]", "[Telefonnummer]", "[Netzadresse]", "[Anschrift]", "[Nummer]"
_GENITIVES = {PERSON: "einer Lehrkraft", SUPPORTER: "des Supports"}

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT = r"(?<![\w@.-])"
_LETTER = r"[a-z]{0,2}[-. ]?"
_PATTERNS = tuple(
    (replaced_by, re.compile(pattern))
    for replaced_by, pattern in (
        # Begun at the first sign and bounded in its parts, so that a long run of signs is read once.
        (MAIL, r"(?<![\w.+-])[\w.+-]+(?:@|\s?\(at\)\s?|\s?\[at\]\s?)[\w-]+(?:\.[\w-]+)+"),
        (ADDRESS, rf"{_NOT}(?:\d{{1,3}}\.){{3}}\d{{1,3}}\b"),
        (ADDRESS, rf"{_NOT}(?:[0-9A-Fa-f]{{2}}[:-]){{5}}[0-9A-Fa-f]{{2}}\b"),
        (PHONE, r"(?i)\b(?:tel(?:efon)?|durchwahl|handy|mobil|apparat|fax)\b[.:]?\s*(?:nr\.?\s*)?\+?\d[\d /()–-]*\d"),
        (PHONE, rf"{_NOT}(?:\+|00)49[\d /().–-]{{5,}}\d"),
        (PHONE, rf"{_NOT}(?:\(0[1-9]\d{{1,4}}\)|0[1-9]\d{{1,4}})[ /–-]*\d(?:[ /–-]?\d){{3,}}"),
        (TICKET, r"\bSF?-\d+\b"),
        (DEVICE, r"\b[A-Za-z]{1,6}(?:-[A-Za-z0-9]{1,8}){0,4}-\d{3,}\b|\b[A-Z]{2,4}\d{5,}\b"),
        (CLASS, r"(?i)\b(?:klassen?|kurse?)\s+\d{1,2}\s?[a-h]?\b"),
        (CLASS, r"(?<![\w.,-])(?:1[0-3]|[1-9])[a-f]\b(?![.:])"),
        (ROOM, rf"(?i)\b\w*(?:raum|räume|raeume|zimmer)\s*(?:nr\.?\s*)?{_LETTER}\d(?:[\w.]*\w)?"),
        (ROOM, rf"\bR\.?\s?{_LETTER}\d[\d.]*\d"),
    )
)
# A serial number mixes capitals and digits; the name of a product ends in its digits.
_SERIAL = re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{8,14}\b")
_PRODUCT = re.compile(r"[A-Z]+\d{1,4}")
# After these words comes a name: a grown-up's after the first, a child's after the others.
_OF = r"(?:(?:von|van|de|den|der|zu|el|al)\s+)*"
_NAMES = rf"{_OF}(?P<first>[^\W\d_][\w'’-]+)(?:\s+{_OF}[A-ZÄÖÜ][\w'’-]+)?"
_ADULT = re.compile(
    r"\b(?P<title>(?i:frau|herrn?|hr\.|fr\.|kollegin|kollegen?|lehrer(?:in)?|hausmeister(?:in)?|sekretärin))"
    rf"(?:\s+(?i:dr|prof)\.)*\s+{_NAMES}"
)
_CHILD = re.compile(rf"\b(?P<title>(?i:sch(?:ü|ue)ler(?:in|s)?|kind(?:es)?|junge|mädchen))\s+{_NAMES}")
_ALWAYS_NAMED = ("frau", "herr", "hr.", "fr.")


def folded(word: str) -> str:
    """Return how a word sounds, whatever its capitals and however its umlauts are typed."""
    word = word.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


_LITTLE_WORDS = """
    aber alle als am an auch auf aus bei bekommt bin bitte bringt da dann darf das dass dem den der die dies diese
    dort du ein eine einen er es fehlt findet fragt für geht gibt haben hat hatte hier ich ihr im in ins ist ja kann
    kein keine keinen kommen kommt konnte können lässt macht man meint meldet mit möchte muss müssen nach nicht noch
    nun nur nutzen nutzt oder ohne ruft sagt schon schreibt sein sich sie sieht sind soll sollen sowie über um und
    uns unter vom von vor war waren warten wartet wegen weil welche wenn wer will wir wird wo wollen wurde wurden zu
    zum zur zurück
"""
_WORDS_OF_SCHOOLS = """
    schule grundschule gymnasium gesamtschule realschule hauptschule foerderschule berufskolleg kolleg
    sekundarschule weiterbildungskolleg abendgymnasium stadt dortmund staedtisch staedtische staedtisches kath ev
    katholische evangelische gemeinschaftsgrundschule bekenntnisschule ganztagsschule schulzentrum primarstufe
    sekundarstufe teilstandort schwerpunkt lernen emotionale soziale geistige entwicklung
"""
_ORDINARY = frozenset(map(folded, _LITTLE_WORDS.split()))
_GENERIC = frozenset(_WORDS_OF_SCHOOLS.split())
SHORTEST_NAME, SHORTEST_COMPOUND = 3, 5
# As far back as a sentence is looked for that ended.
_FAR = 40


@dataclass(frozen=True)
class Known:
    """What is known of a ticket: names, each as it is written in full, and numbers."""

    people: Collection[str] = ()
    supporters: Collection[str] = ()
    # Everybody else in the system: their family names are often words, so these count in capitals or in full alone.
    others: Collection[str] = ()
    school_names: Collection[str] = ()
    other_schools: Collection[str] = ()
    numbers: Collection[str] = ()
    rooms: Collection[str] = ()
    places: Collection[str] = ()


@dataclass(frozen=True)
class Removal:
    """A part of the text that was taken out, and what stands there now."""

    original: str
    replaced_by: str


@dataclass(frozen=True)
class Cleaned:
    """A text in pieces: what stayed, and what was taken out."""

    pieces: tuple[str | Removal, ...]

    @cached_property
    def text(self) -> str:
        """The text with nothing but neutral words."""
        return "".join(piece.replaced_by if isinstance(piece, Removal) else piece for piece in self.pieces)

    @property
    def removals(self) -> list[Removal]:
        """What was taken out, each once."""
        return list(dict.fromkeys(piece for piece in self.pieces if isinstance(piece, Removal)))


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    replaced_by: str


def anonymise(text: str, known: Known) -> Cleaned:
    """Return the text without what points to somebody; where two rules see the same words, the earlier holds."""
    text = unicodedata.normalize("NFC", text)
    taken: list[_Span] = []
    covered = bytearray(len(text))
    for rule in (_titled, _patterns, _numbers, _schools, _people):
        for span in rule(text, known):
            if not any(covered[span.start : span.end]):
                covered[span.start : span.end] = b"\1" * (span.end - span.start)
                taken.append(span)
    pieces: list[str | Removal] = []
    end = 0
    for span in sorted(taken, key=lambda span: span.start):
        begins = _ends_sentence(text[max(0, span.start - _FAR) : span.start])
        words = span.replaced_by[0].upper() + span.replaced_by[1:] if begins else span.replaced_by
        pieces += [text[end : span.start], Removal(text[span.start : span.end], words)]
        end = span.end
    return Cleaned(tuple(piece for piece in (*pieces, text[end:]) if piece))


def _ends_sentence(before: str) -> bool:
    return not before.strip() or before.rstrip(" ").endswith((".", "!", "?", "\n"))


def _patterns(text: str, known: Known) -> Iterator[_Span]:
    for replaced_by, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield _Span(*match.span(), replaced_by)
    for match in _SERIAL.finditer(text):
        if not _PRODUCT.fullmatch(match.group()):
            yield _Span(*match.span(), DEVICE)


def _numbers(text: str, known: Known) -> Iterator[_Span]:
    """What is known word by word: device numbers, the room, the street; a room without a digit is any school's."""
    rooms = [room for room in known.rooms if any(sign.isdigit() for sign in room)]
    for phrases, replaced_by in ((known.numbers, DEVICE), (rooms, ROOM), (known.places, PLACE)):
        yield from _phrases(text, phrases, replaced_by)


def _schools(text: str, known: Known) -> Iterator[_Span]:
    yield from _phrases(text, [*known.school_names, *known.other_schools], SCHOOL)
    own = {part for name in known.school_names for part in map(folded, _WORD.findall(name))}
    own = {part for part in own if len(part) >= SHORTEST_COMPOUND and part not in _GENERIC}
    stems = {re.sub(r"(?:grund|real|haupt|gesamt)?schule$", "", part) for part in own} | own
    stems = {stem for stem in stems if len(stem) >= SHORTEST_COMPOUND and stem not in _GENERIC}
    for match in re.finditer(r"[^\W\d_]+(?:-(?:Grund|Real|Haupt|Gesamt)?[Ss]chule|-GS|-Gymnasium)?", text):
        if stems and folded(match.group()).startswith(tuple(stems)):
            yield _Span(*match.span(), SCHOOL)


def _phrases(text: str, phrases: Collection[str], replaced_by: str) -> Iterator[_Span]:
    wanted = sorted({phrase.strip() for phrase in phrases if len(phrase.strip()) > 1}, key=len, reverse=True)
    if wanted:
        either = "|".join(r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", phrase))) for phrase in wanted)
        for match in re.finditer(rf"(?i)(?<!\w)(?:{either})(?!\w)", text):
            yield _Span(*match.span(), replaced_by)


def _titled(text: str, known: Known) -> Iterator[_Span]:
    """Names after a word such as Frau, with that word; after Schülerin without it."""
    for match in _calls(text):
        if match.re is _ADULT:
            yield _Span(*match.span(), PERSON)
        else:
            yield _Span(match.start("first"), match.end(), NAME)


def _calls(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_ADULT, _CHILD):
        for match in pattern.finditer(text):
            title, first = match["title"], match["first"]
            # In small letters it is a name if the title leaves no choice or is in small letters too.
            may_be_small = title[0].islower() or title.lower().startswith(_ALWAYS_NAMED)
            if folded(first) not in _ORDINARY and (first[0].isupper() or may_be_small):
                yield match


def _people(text: str, known: Known) -> Iterator[_Span]:
    """Names that are known, however they are inflected and joined; those in a row are one person."""
    called = {match["first"]: NAME for match in _calls(text)}
    near = _by_part(called) | _by_part(dict.fromkeys(known.people, PERSON))
    near |= _by_part(dict.fromkeys(known.supporters, SUPPORTER))
    others = [[folded(part) for part in _WORD.findall(name)] for name in known.others]
    family = {parts[-1]: NAME for parts in others if parts and len(parts[-1]) >= SHORTEST_NAME}
    full = {pair for parts in others if len(parts) > 1 for pair in ((parts[0], parts[-1]), (parts[-1], parts[0]))}

    words = list(_WORD.finditer(text))
    in_full = {at for at in range(len(words) - 1) if tuple(folded(words[at + more].group()) for more in (0, 1)) in full}
    last: _Span | None = None
    for at, match in enumerate(words):
        word = match.group()
        found = _found(word, near, joined=True) or (_found(word, family) if word[0].isupper() else "")
        found = found or (NAME if at in in_full or at - 1 in in_full else "")
        if not found:
            continue
        if last and text[last.end : match.start()] in (" ", "-", ", "):
            last = _Span(last.start, match.end(), last.replaced_by if found == NAME else found)
        else:
            if last:
                yield last
            last = _Span(*match.span(), found)
    if last:
        yield last


def _by_part(names: Mapping[str, str]) -> dict[str, str]:
    parts = ((folded(part), replaced_by) for name, replaced_by in names.items() for part in _WORD.findall(name))
    return {part: replaced_by for part, replaced_by in parts if len(part) >= SHORTEST_NAME and part not in _ORDINARY}


def _found(word: str, names: Mapping[str, str], *, joined: bool = False) -> str:
    """Return what stands for a name in this word; a genitive stays one, and nothing means that there is no name."""
    sound = folded(word)
    for ending in ("", "s", "'s", "’s", "n", "en", "es"):
        if (name := sound.removesuffix(ending)) in names and sound.endswith(ending):
            return _GENITIVES.get(names[name], names[name]) if ending.endswith("s") else names[name]
    long = (name for name in names if len(name) >= SHORTEST_COMPOUND and len(sound) > len(name) + 2)
    return NAME if joined and any(sound.startswith(name) for name in long) else ""
