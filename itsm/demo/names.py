"""Invented names of schools, streets and people; any likeness is chance."""

from itertools import count, product
from random import Random

_PLANTS_AND_BIRDS = (
    "Ahorn Amsel Birken Brunnen Buchen Dachs Distel Eichen Erlen Falken Farn Finken Flieder Fuchs Ginster Hasel Heide "
    "Holunder Igel Kastanien Kiebitz Kiefern Klee Kranich Lerchen Linden Luchs Malven Marder Meisen Mohn Nelken Otter "
    "Pappel Primel Reiher Robinien Salbei Schilf Schlehen Schwalben Specht Storchen Tannen Ulmen Veilchen Wacholder "
    "Weiden Wiesel Zeder"
)
_GROUNDS = ("grund", "tal", "hof", "feld", "au", "park", "bach")
_STREETS = ("weg", "straße", "allee", "ring", "stieg", "gasse", "pfad")
_FIRST = (
    "Alina Amir Anja Ayse Bernd Birte Carla Cem Clara Dagmar Daniel Dilara Elif Emil Esther Farid Frauke Georg Hanna "
    "Hatice Henrik Ines Ivo Jana Jonas Judith Kaan Katrin Lars Leila Lena Malik Maren Marta Mehmet Mira Nadia Nils "
    "Olga Paul Petra Rana Ralf Rieke Samira Sven Tarek Thea Tim Ulla Vera Wiebke Yusuf Zeynep"
)
_LAST = (
    "Adam Aksoy Albers Bachmann Becker Brandt Celik Dahlmann Demir Ebert Engels Falk Fischer Gerlach Grote Hagemann "
    "Heinrich Ivanov Jansen Kaya Keller Klein Kowalski Kramer Lange Lindner Maurer Meinert Nowak Ostermann Ozturk "
    "Peters Pohl Quast Rademacher Reuter Sahin Schade Schubert Steffens Tillmann Ude Vogt Wagner Weber Wiemann Yilmaz "
    "Zander"
)

# What a school of this form is called around its invented place.
SCHOOL_PATTERNS = {
    "02": "{place}-Grundschule",
    "04": "Hauptschule {place}",
    "08": "Schule am {place}",
    "10": "Realschule {place}",
    "15": "Gesamtschule {place}",
    "20": "Gymnasium {place}",
    "25": "Weiterbildungskolleg {place}",
    "30": "Berufskolleg {place}",
}


def places(random: Random, wanted: int) -> list[str]:
    """Return invented place names, each once, such as "Amselgrund"."""
    return random.sample([first + ground for first, ground in product(_PLANTS_AND_BIRDS.split(), _GROUNDS)], wanted)


def addresses(random: Random, wanted: int) -> list[str]:
    """Return invented streets with numbers, each once."""
    streets = random.sample([first + street for first, street in product(_PLANTS_AND_BIRDS.split(), _STREETS)], wanted)
    return [f"{street} {random.randint(1, 120)}" for street in streets]


class People:
    """Invented people, each with an address of their own."""

    def __init__(self, random: Random) -> None:
        pairs = [f"{first} {last}" for first, last in product(_FIRST.split(), _LAST.split())]
        self._names = iter(random.sample(pairs, len(pairs)))
        self._numbers = count(1)

    def name(self) -> str:
        """Return the next name."""
        return next(self._names)

    def address(self) -> str:
        """Return the next e-mail address; example.org belongs to nobody."""
        return f"person{next(self._numbers):04}@example.org"


class Pupils:
    """Invented pupils with their classes; names may come twice, as in a city."""

    def __init__(self, random: Random) -> None:
        self._random, self._first, self._last = random, _FIRST.split(), _LAST.split()

    def next(self, form_key: str) -> tuple[str, str]:
        """Return a name and a class of a school of this form."""
        random = self._random
        name = f"{random.choice(self._first)} {random.choice(self._last)}"
        if form_key == "02":
            return name, f"{random.randint(3, 4)}{random.choice('abc')}"
        if form_key in ("25", "30"):
            return name, f"{random.choice(('HBF', 'KFM', 'IT', 'ME'))} {random.randint(21, 26)}{random.choice('ab')}"
        return name, f"{random.randint(5, 10)}{random.choice('abcd')}"
