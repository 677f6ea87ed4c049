"""What is accepted as a password, and that only the right one fits."""

import pytest

from itsm.accounts import passwords
from itsm.core.errors import DomainError
from tests.accounts.factories import HASH, PASSWORD


@pytest.mark.parametrize("password", ["acht Zei", "x y" * 66 + "zz", "ÄÖÜß€😀12", "correct horse battery staple"])
def test_any_eight_to_two_hundred_signs_are_accepted(password: str) -> None:
    passwords.check(password)


@pytest.mark.parametrize("password", ["", "sieben7", "x y" * 67, "passwort", "PassWort123", "qwertzui", "aaaaaaaaaaaa"])
def test_short_long_and_common_ones_are_refused(password: str) -> None:
    with pytest.raises(DomainError):
        passwords.check(password)


def test_what_everybody_knows_of_the_person_is_refused() -> None:
    with pytest.raises(DomainError):
        passwords.check("Maria.Muster@schule.de", about=("maria.muster@schule.de",))


def test_only_the_right_password_fits() -> None:
    assert passwords.fits(HASH, PASSWORD)
    assert not passwords.fits(HASH, PASSWORD + " ")
    assert not passwords.fits(HASH, "")


def test_nothing_fits_who_has_no_password() -> None:
    assert not passwords.fits("", "niemand")
    assert not passwords.fits("kein Hash", "niemand")


def test_a_letter_may_arrive_in_either_spelling() -> None:
    assert passwords.fits(passwords.hashed("Ta\u0308fel Stuhl"), "Täfel Stuhl")


def test_the_hash_is_not_outdated() -> None:
    assert not passwords.is_outdated(HASH)
    assert passwords.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$0WKkCVQ4uFJZBHQQ0+6TBg")
