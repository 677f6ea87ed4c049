"""Passwords: what is accepted, and argon2 on both sides of the comparison."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from itsm.accounts.common_passwords import COMMON
from itsm.core.errors import DomainError

SHORTEST = 8
RECOMMENDED = 15
LONGEST = 200

# OWASP's lower line for argon2id: 19 MiB, so that many people may sign in at once on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Compared with when nobody has the typed address, so that the answer takes as long as for somebody.
_NOBODY = _hasher.hash("niemand")


def hashed(password: str) -> str:
    """Return what the database keeps of a password."""
    return _hasher.hash(_normal(password))


def fits(stored: str, password: str) -> bool:
    """Say whether this is the password; an empty `stored` fits nothing and takes as long."""
    try:
        return _hasher.verify(stored or _NOBODY, _normal(password)) and bool(stored)
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def check(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Accept a new password; `about` holds words everybody knows of the person, such as the address.

    Raises: DomainError if it is too short, too long, or among the first that are guessed.
    Source: docs/rules/roles.md, AC-2 (NIST SP 800-63B: length, no rules of composition).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise DomainError(f"Das Kennwort braucht {SHORTEST} bis {LONGEST} Zeichen. Empfohlen sind {RECOMMENDED}.")
    plain = _normal(password).lower()
    if plain in COMMON or len(set(plain)) < 3 or plain in {word.lower() for word in about}:
        raise DomainError("Dieses Kennwort wird zuerst erraten. Bitte nehmen Sie ein anderes, etwa vier Wörter.")


def _normal(password: str) -> str:
    # The same letter may arrive in two spellings: ä as one sign, or as a with two dots behind it.
    return unicodedata.normalize("NFKC", password)
