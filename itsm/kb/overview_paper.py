"""The overview on one page for the wall of the staff room.

Source: docs/rules/contacts.md, CO-4.
"""

from collections.abc import Iterable, Sequence

from itsm.core.pdf import Column, Part, Sheet
from itsm.kb.overview import Answers, Entry, Person

TITLE = "Unterstützungsstruktur Digitale Schule"
_COLUMNS = (Column("Wofür", wide=True), Column("Wer hilft", wide=True), Column("Telefon"), Column("E-Mail"))

Row = tuple[str, str, str, str]


def sheet(answers: Answers, staff: Iterable[tuple[str, Person]], status: str, city: str, report_at: str) -> Sheet:
    """Return the paper; `staff` are function and person of the reader's own school, `status` says of when it is."""
    parts = (
        Part([_row(function, "", [person]) for function, person in staff], "An Ihrer Schule"),
        Part([_row(one.topic, "", one.people) for one in answers.managers], "Campusmanagement"),
        Part(_faults(answers), "Störungen"),
        Part([_row(one.topic, named(one), one.people) for one in answers.topics if not one.fault], "Weitere Stellen"),
    )
    return Sheet(
        title=TITLE,
        author=city,
        lead=[f"{answers.school.name if answers.school else city} – {status}"],
        columns=_COLUMNS,
        parts=[part for part in parts if part.rows],
        end=[f"Störungen melden Sie am schnellsten hier: {report_at}"],
        foot=f"{TITLE}, {status}",
        one_page=True,
    )


def named(entry: Entry) -> str:
    """Return how an office is called, with its unit."""
    return f"{entry.office} ({entry.unit})" if entry.unit else entry.office


def _faults(answers: Answers) -> list[Row]:
    """One row for all faults that go to the same desk."""
    grouped: dict[tuple[str, Sequence[Person]], list[str]] = {}
    for one in answers.topics:
        if one.fault:
            topic = f"{one.topic} ({one.hint})" if one.site_id else one.topic
            grouped.setdefault((one.office, answers.people(one)), []).append(topic)
    return [_row(", ".join(topics), office, people) for (office, people), topics in grouped.items()]


def _row(topic: str, office: str, people: Sequence[Person]) -> Row:
    who = [office, *(person.called for person in people if person.name)]
    return (
        topic,
        "\n".join(filter(None, who)),
        "\n".join(person.phone for person in people if person.phone),
        "\n".join(person.email for person in people if person.email),
    )
