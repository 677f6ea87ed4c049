"""The sentence about a value is the same on the page and in the letter, wherever its price comes from."""

from datetime import date

import pytest

from itsm.claims import value_words
from itsm.claims.letters import amounts
from itsm.claims.models import ClaimItem, Valuation

# Price from, convention, floor in basis points, months, cents → the sentence.
SENTENCES = {
    ("price", "calendar", 0, 42, 11_370): "Das Gerät hat 379,00 € gekostet, gerechnet wird mit 60 Monaten Nutzung. "
    "Am 17.03.2026 waren davon noch 18 übrig: 379,00 € × 18 von 60 Monaten = 113,70 €.",
    ("model", "calendar", 0, 42, 11_370): "Ein Gerät dieses Modells kostet 379,00 €, gerechnet wird mit 60 Monaten "
    "Nutzung. Am 17.03.2026 waren davon noch 18 übrig: 379,00 € × 18 von 60 Monaten = 113,70 €.",
    ("replacement", "started", 0, 43, 10_738): "Gleichwertiger Ersatz kostet heute 379,00 €, gerechnet wird mit 60 "
    "Monaten Nutzung. Am 17.03.2026 waren davon noch 17 übrig: 379,00 € × 17 von 60 Monaten = 107,38 €.",
    ("price", "calendar", 4_000, 42, 15_160): "Das Gerät hat 379,00 € gekostet, gerechnet wird mit 60 Monaten Nutzung. "
    "Am 17.03.2026 waren davon noch 18 übrig: mindestens 40 % von 379,00 € = 151,60 €.",
}


@pytest.mark.parametrize(("given", "sentence"), SENTENCES.items(), ids=[" ".join(map(str, key)) for key in SENTENCES])
def test_page_and_letter_say_the_same_sentence(given: tuple[str, str, int, int, int], sentence: str) -> None:
    base, convention, floor, months, cents = given
    row = Valuation(
        base_cents=37_900,
        in_service_on=date(2022, 9, 12),
        damaged_on=date(2026, 3, 17),
        life_months=60,
        convention=convention,
        floor_basis_points=floor,
        months=months,
        value_cents=cents,
        accessory="",
        sources={"base": base},
    )
    item = ClaimItem(valuation=row, wreck_cents=0, accessory_cents=0, quota_basis_points=10_000, insurer_cents=0)
    assert value_words.of_row(row) == sentence
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in amounts.reckoned(item)] == [sentence]
