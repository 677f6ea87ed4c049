"""From a text to words, stems and grams: the same for what is written and for what is typed (SE-1 to SE-3)."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from itsm.kb.language.stop_words import STOP_WORDS

GRAM = 4
# Longer ones are no words: keys, addresses, base64.
LONGEST = 60
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD = re.compile(r"[a-z0-9]+")
# "E-Mail", "W-LAN": one letter belongs to the word behind its hyphen.
_LETTER = re.compile(r"\b([a-z])-(?=[a-z]{2})")


def folded(text: str) -> str:
    """Return the text in small letters, ä as ae and ß as ss, other letters without their accents, of equal words equal.

    >>> folded("Größe ÜBER Café W-LAN")
    'groesse ueber cafe wlan'
    """
    composed = unicodedata.normalize("NFC", text).lower().translate(_UMLAUTS)
    plain = composed if composed.isascii() else unicodedata.normalize("NFKD", composed)
    return _LETTER.sub(r"\1", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def words(text: str) -> Iterator[str]:
    """Return the folded words of a text, stop words among them."""
    return (word for word in _WORD.findall(folded(text)) if len(word) <= LONGEST)


def telling(text: str) -> list[str]:
    """Return the words of a text that are no stop words."""
    return [word for word in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the stem of a folded word.

    Source: CISTEM (Weißweiler and Fraser 2017), after umlauts written with e have been taken back.
    """
    word = word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    if word.startswith("ge") and len(word) >= 6:
        word = word[2:]
    word = word.replace("sch", "$").replace("ei", "%").replace("ie", "&")
    word = re.sub(r"(.)\1", r"\1*", word)
    while len(word) > 3:
        shorter = re.sub(r"(em|er|nd)$", "", word) if len(word) > 5 else word
        if shorter == word:
            shorter = re.sub(r"[estn]$", "", word)
        if shorter == word:
            break
        word = shorter
    word = re.sub(r"(.)\*", r"\1\1", word)
    return word.replace("%", "ei").replace("&", "ie").replace("$", "sch")


def stem_term(word: str) -> str:
    """Return the name of the stem of a word among the terms of the index, where no gram can be mistaken for it."""
    return f"={stem(word)}"


def grams(word: str) -> list[str]:
    """Return the overlapping pieces of four letters of a word between its two edges.

    >>> grams("wlan")
    ['_wla', 'wlan', 'lan_']
    """
    padded = f"_{word}_"
    return [padded[start : start + GRAM] for start in range(max(1, len(padded) - GRAM + 1))]
