"""Articles as many as a large city may have one day, invented: their words as unevenly frequent as real ones."""

import random
from collections.abc import Iterator
from itertools import accumulate

from bench.kb_fill import Given

ARTICLES = 10_000
# Words of an article, and how many different ones about which real ones have.
WORDS, OWN = 250, 110
_ONSETS = (
    "b d f g h j k l m n p r s t v w z br dr fl fr gl gr kl kn kr pf pl pr qu sch schl schm schr schw st str tr zw"
)
_VOWELS = "a e i o u ä ö ü ei au eu ie aa ee oo"
_CODAS = "b ch ck d f ft g l ll lt m mm n nd ng nk nt p pf r rb rd rg rk rm rn rt rz s sch ss st t tt tz x"
_ENDINGS = ("", "", "", "e", "en", "er", "ung")
_KNOWN = "Beamer Lampe Drucker Tafel Server WLAN Passwort iPad Notebook Monitor Kabel App Konto Netz Akku Ton"


class Inventor:
    """Invents words, sentences and articles; the same again for the same seed."""

    def __init__(self, seed: int = 5) -> None:
        self._random = random.Random(seed)
        simple = [*_KNOWN.split(), *dict.fromkeys(self._simple() for _ in range(4000))]
        compounds = dict.fromkeys(self._compound(simple) for _ in range(8000))
        self.words = [*simple[:400], *self._random.sample([*simple[400:], *compounds], 8000)]
        # Zipf: the n-th word is n times rarer than the first.
        self._shares = list(accumulate(1 / place for place in range(30, len(self.words) + 30)))

    def line(self, count: int) -> str:
        """Return some words, common ones more often."""
        return " ".join(self._drawn(count))

    def articles(self, count: int = ARTICLES) -> Iterator[Given]:
        """Return invented articles of about 250 words, which come back to the words they are about."""
        for number in range(count):
            own = self._drawn(OWN)
            paragraphs = [self._random.choices(own, k=self._random.randint(30, 90)) for _ in range(WORDS // 60)]
            body = "\n\n".join(f"## {' '.join(words[:3])}\n\n{' '.join(words)}." for words in paragraphs)
            yield f"erfunden-{number}", " ".join(own[:5]), " ".join(own[5:19]), body

    def queries(self, count: int) -> list[str]:
        """Return what people may type: one to eight words, some misspelt."""
        lines = [self.line(self._random.choice((1, 2, 2, 3, 3, 4, 5, 8))) for _ in range(count)]
        return [line if self._random.random() < 0.8 else self._misspelt(line) for line in lines]

    def _drawn(self, count: int) -> list[str]:
        return self._random.choices(self.words, cum_weights=self._shares, k=count)

    def _misspelt(self, line: str) -> str:
        at = self._random.randrange(len(line))
        return line[:at] + line[at + 1 :]

    def _simple(self) -> str:
        syllables = [
            "".join(self._random.choice(letters.split()) for letters in (_ONSETS, _VOWELS, _CODAS))
            for _ in range(self._random.choice((1, 2, 2)))
        ]
        return ("".join(syllables) + self._random.choice(_ENDINGS)).capitalize()

    def _compound(self, simple: list[str]) -> str:
        return self._random.choice(simple) + self._random.choice(("", "", "s")) + self._random.choice(simple).lower()
