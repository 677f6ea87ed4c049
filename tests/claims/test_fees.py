"""The fee for dunning under public law."""

import pytest

from itsm.claims.fees import dunning_cents


@pytest.mark.parametrize(
    ("open_cents", "fee_cents"),
    [(11_370, 664), (21_583, 766), (100_000, 1_550), (5_000, 600), (5_049, 600), (5_050, 601), (1, 600), (0, 0)],
)
def test_six_euros_and_a_hundredth_of_what_lies_above_fifty(open_cents: int, fee_cents: int) -> None:
    assert dunning_cents(open_cents, 600, 5_000, 1) == fee_cents
