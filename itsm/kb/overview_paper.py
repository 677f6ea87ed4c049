"""The overview on one page for the wall of the staff room.

Source: docs/rules/contacts.md, CO-4.
"""

from collections.abc import Iterable, Sequence

from itsm.core.pdf import Column, Part, Sheet
from itsm.kb.overview import Answers, Help, Person

TITLE = "Unterstützungsstruktur Digitale Schule"
_COLUMNS = (Column("Wofür", wide=True), Column("Wer hilft", wide=True), Column("Telefon"), Column("E-Mail"))

MANY = 2

Row = tuple[str, str, str, str]


def sheet(answers: Answers, staff: Iterable[tuple[str, Person]], status: str, city: str, report_at: str) -> Sheet:
    """Return the paper; `staff` are function and person of the reader's own school, `status` says of when it is."""
    parts = (
        Part(_flat(_rows(one.topic, "", one.people) for one in answers.apart), "Campusmanagement"),
        Part(_flat(map(_help, answers.helps(answers.topics))), "Ich habe eine Frage zu …"),
        Part(_flat(_rows(function, "", [person]) for function, person in staff), "An Ihrer Schule"),
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


def _flat(groups: Iterable[list[Row]]) -> list[Row]:
    return [row for group in groups for row in group]


def _help(one: Help) -> list[Row]:
    topics = [f"{entry.topic} ({entry.hint})" if entry.site_id else entry.topic for entry in one.topics]
    return _rows(", ".join(topics), one.office, one.people)


def _rows(topic: str, office: str, people: Sequence[Person]) -> list[Row]:
    """A row for each person, so that every number stands beside its name whatever wraps."""
    reached = [(person.called if person.name else "", person.phone, person.email) for person in people]
    if len(reached) < MANY:
        name, phone, email = reached[0] if reached else ("", "", "")
        return [(topic, "\n".join(filter(None, (office, name))), phone, email)]
    rows = [(office, "", "")] * bool(office) + reached
    return [("" if number else topic, *row) for number, row in enumerate(rows)]
