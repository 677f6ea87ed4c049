"""The overview on one page for the wall of the staff room.

Source: docs/rules/contacts.md, CO-4.
"""

from collections.abc import Iterable, Sequence

from itsm.core.pdf import Column, Part, Sheet
from itsm.kb.overview import Answers, Help, Person

TITLE = "Unterstützungsstruktur Digitale Schule"
_COLUMNS = (Column("Wofür", wide=True), Column("Wer hilft", wide=True), Column("Telefon"), Column("E-Mail"))

Row = tuple[str, str, str, str]


def sheet(answers: Answers, staff: Iterable[tuple[str, Person]], status: str, city: str, report_at: str) -> Sheet:
    """Return the paper; `staff` are function and person of the reader's own school, `status` says of when it is."""
    parts = (
        Part([_row(one.topic, "", one.people) for one in answers.managers if not answers.school], "Campusmanagement"),
        Part([_help(one) for one in answers.helps(answers.topics)], "Ich habe eine Frage zu …"),
        Part([_row(function, "", [person]) for function, person in staff], "An Ihrer Schule"),
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


def _help(help_: Help) -> Row:
    topics = [f"{one.topic} ({one.hint})" if one.site_id else one.topic for one in help_.topics]
    return _row(", ".join(topics), help_.office, help_.people)


def _row(topic: str, office: str, people: Sequence[Person]) -> Row:
    who = [office, *(person.called for person in people if person.name)]
    return (
        topic,
        "\n".join(filter(None, who)),
        "\n".join(person.phone for person in people if person.phone),
        "\n".join(person.email for person in people if person.email),
    )
