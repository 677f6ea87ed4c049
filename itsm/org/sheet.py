"""Schools as lines of a spreadsheet."""

from itsm.org.models import School

COLUMNS = ("Schulnummer", "Name", "Schulform", "Bezirk", "Straße", "PLZ", "Ort", "Telefon", "E-Mail", "Schüler*innen")


def cells(school: School) -> tuple[object, ...]:
    """One school in the order of the columns."""
    site = school.main_site
    return (
        school.number,
        school.name,
        school.form,
        school.district.name if school.district else "",
        site.street if site else "",
        site.postcode if site else "",
        site.town if site else "",
        school.phone,
        school.email,
        school.pupils,
    )
