"""The overview "Unterstützungsstruktur Digitale Schule": which question goes to whom, for the city or for one school.

Pure data: the present one is gathered in overview_now.py, an earlier one comes out of an edition.
Source: docs/rules/contacts.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from itsm.core.errors import NotFound

_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"} | dict.fromkeys('?!.,;:()„“"', " "))


@dataclass(frozen=True)
class Person:
    """Somebody to call or write to."""

    name: str
    phone: str = ""
    email: str = ""
    is_deputy: bool = False

    @property
    def called(self) -> str:
        """The name, marked for who stands in."""
        return f"{self.name} (Vertretung)" if self.is_deputy else self.name


@dataclass(frozen=True)
class Entry:
    """A question and the office that answers it; without people it goes to the manager of the school's district."""

    key: str
    topic: str
    office: str
    hint: str = ""
    unit: str = ""
    people: tuple[Person, ...] = ()
    # Keys of school forms; none means all.
    school_forms: tuple[str, ...] = ()
    # Only at this building; None: everywhere.
    site_id: int | None = None
    is_on_site: bool = False

    @property
    def fault(self) -> str:
        """The key of the kind of fault, if it is one."""
        return self.key.split(":")[1] if self.key.startswith("fault:") else ""


@dataclass(frozen=True)
class Place:
    """What an overview has to know of a school: no names of its staff."""

    name: str
    form_key: str
    district: str
    site_ids: tuple[int, ...]


@dataclass(frozen=True)
class Overview:
    """The whole city on a day."""

    districts: tuple[Entry, ...]
    faults: tuple[Entry, ...]
    offices: tuple[Entry, ...]
    # By official number.
    schools: Mapping[str, Place]

    def content(self) -> dict[str, Any]:
        """Return the overview as an edition keeps it."""
        return asdict(self)

    def of_city(self) -> "Answers":
        """Return every entry."""
        return Answers(None, self.districts, self.faults + self.offices)

    def of_school(self, number: str) -> "Answers":
        """Return what holds for one school.

        Raises: NotFound for a school that is not in this overview.
        """
        if number not in self.schools:
            raise NotFound("Diese Schule steht nicht in dieser Übersicht.")
        school = self.schools[number]
        managers = tuple(replace(one, key="district") for one in self.districts if one.key == school.district)
        offices = tuple(one for one in self.offices if not one.school_forms or school.form_key in one.school_forms)
        return Answers(school, managers, self._faults_at(school) + offices)

    def _faults_at(self, school: Place) -> tuple[Entry, ...]:
        """A rule for a building stands beside the general one unless every building has its own (CO-2)."""
        ruled = {(one.fault, one.site_id) for one in self.faults}

        def holds(one: Entry) -> bool:
            if one.site_id is not None:
                return one.site_id in school.site_ids
            return not school.site_ids or any((one.fault, site_id) not in ruled for site_id in school.site_ids)

        return tuple(filter(holds, self.faults))


@dataclass(frozen=True)
class Help:
    """An office with its people, and everything one may ask it."""

    topics: tuple[Entry, ...]
    people: tuple[Person, ...]

    @property
    def office(self) -> str:
        """How the office is called, with its unit."""
        first = self.topics[0]
        return f"{first.office} ({first.unit})" if first.unit else first.office

    @property
    def is_by_district(self) -> bool:
        """Whether it depends on the school who helps."""
        return self.topics[0].is_on_site and not self.people


@dataclass(frozen=True)
class Answers:
    """What one reader is shown: the managers, and who answers which question."""

    school: Place | None
    managers: tuple[Entry, ...]
    topics: tuple[Entry, ...]

    @property
    def apart(self) -> tuple[Entry, ...]:
        """The managers who do not stand among the answers: in the whole city, or where no fault goes to them."""
        return () if self.school and any(one.is_on_site for one in self.topics) else self.managers

    def helps(self, topics: Iterable[Entry]) -> tuple[Help, ...]:
        """Return who answers these questions, each office once, in the order of the questions."""
        found: dict[tuple[str, str, tuple[Person, ...]], list[Entry]] = {}
        for one in topics:
            found.setdefault((one.office, one.unit, self._people(one)), []).append(one)
        return tuple(Help(tuple(asked_here), people) for (_, _, people), asked_here in found.items())

    def _people(self, entry: Entry) -> tuple[Person, ...]:
        """On site the managers of the one district help; in the whole city it depends on the school."""
        if entry.is_on_site and self.school:
            return tuple(person for manager in self.managers for person in manager.people)
        return entry.people


def read(content: Mapping[str, Any]) -> Overview:
    """Return the overview an edition keeps."""
    schools = {
        number: Place(**(place | {"site_ids": tuple(place["site_ids"])}))
        for number, place in content["schools"].items()
    }
    districts, faults, offices = (tuple(map(_entry, content[part])) for part in ("districts", "faults", "offices"))
    return Overview(districts, faults, offices, schools)


def _entry(kept: dict[str, Any]) -> Entry:
    people = tuple(Person(**person) for person in kept["people"])
    return Entry(**(kept | {"people": people, "school_forms": tuple(kept["school_forms"])}))


def changes(before: Answers, after: Answers) -> list[str]:
    """Return what has changed for a reader, a sentence for each entry (CO-5)."""
    old, new = _by_key(before), _by_key(after)
    sentences = [f"Neu: {one.topic} – {_who(one)}." for key, one in new.items() if key not in old]
    sentences += [f"Entfällt: {one.topic} ({one.office})." for key, one in old.items() if key not in new]
    return sentences + [_difference(old[key], one) for key, one in new.items() if key in old and old[key] != one]


def _by_key(answers: Answers) -> dict[str, Entry]:
    return {one.key: one for one in answers.managers + answers.topics}


def _who(entry: Entry) -> str:
    return ", ".join(part for part in (entry.office, *(person.called for person in entry.people)) if part)


def _difference(old: Entry, new: Entry) -> str:
    was, now = _facts(old), _facts(new)
    parts = [
        f"{label} jetzt {now[label] or 'ohne Angabe'} (bisher {was[label] or 'ohne Angabe'})"
        for label in now
        if was[label] != now[label]
    ]
    return f"{new.topic}: {', '.join(parts) or 'Angaben ergänzt'}."


def _facts(entry: Entry) -> dict[str, str]:
    return {
        "Thema": entry.topic,
        "Stichworte": entry.hint,
        "zuständig": entry.office,
        "Sachgebiet": entry.unit,
        "Person": ", ".join(person.called for person in entry.people if person.name),
        "Telefon": ", ".join(person.phone for person in entry.people if person.phone),
        "E-Mail": ", ".join(person.email for person in entry.people if person.email),
    }


def moved(before: Overview, after: Overview) -> list[str]:
    """Return which schools belong to another district than before."""
    names = {one.key: one.topic for one in before.districts + after.districts}
    return [
        f"{place.name} gehört jetzt zu: {names.get(place.district, 'keinem Bezirk')}."
        for number, place in after.schools.items()
        if number in before.schools and before.schools[number].district != place.district
    ]


def asked(entries: Iterable[Entry], line: str, *, every_word: bool = False) -> tuple[Entry, ...]:
    """Return the entries that match most words of a question; all of them for an empty line (CO-3).

    With `every_word` only those that match all of them, and none for an empty line.
    """
    words = [word for word in _plain(line).split() if len(word) > 2]
    if not words:
        return () if every_word else tuple(entries)
    scored = [(sum(_matches(word, one) for word in words), one) for one in entries]
    least = len(words) if every_word else max((score for score, _ in scored), default=0)
    return tuple(one for score, one in scored if score and score == least)


def _matches(word: str, entry: Entry) -> bool:
    """Whether a typed word is in the entry, or a longer word is made of one of its words (Klassendrucker)."""
    names = " ".join(person.name for person in entry.people)
    words = _plain(f"{entry.topic} {entry.hint} {entry.office} {entry.unit} {names}").split()
    return any(word in one or (len(one) > 4 and one in word) for one in words)


def _plain(text: str) -> str:
    return text.casefold().translate(_PLAIN)
