"""The Kassenzeichen: eleven digits and a check digit, so that a slip in typing is noticed.

Source: docs/rules/claims.md, CL-50; ISO 7064, MOD 11,10.
"""

import re

DIGITS = 12
# Twelve digits, possibly in groups as people type them or banks break them. Found at every place where one may begin:
# a year or a bill before the number must not hide it.
_WRITTEN = re.compile(r"(?<!\d)(?=(\d(?:[\s./-]{0,3}\d){11})(?!\d))")


def with_check_digit(digits: str) -> str:
    """Return digits with the check digit behind them.

    >>> with_check_digit("12345678901")
    '123456789014'
    """
    rest = 10
    for digit in digits:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return digits + str((11 - rest) % 10)


def is_reference(text: str) -> bool:
    """Say whether a text is a Kassenzeichen with the right check digit."""
    return len(text) == DIGITS and text.isascii() and text.isdecimal() and with_check_digit(text[:-1]) == text


def shown(reference: str) -> str:
    """Return a Kassenzeichen in groups of four, as it stands in letters."""
    return " ".join(reference[start : start + 4] for start in range(0, DIGITS, 4))


def found_in(text: str) -> list[str]:
    """Return every Kassenzeichen with the right check digit in what a payer wrote, each once."""
    bare = (re.sub(r"\D", "", match) for match in _WRITTEN.findall(text))
    return list(dict.fromkeys(one for one in bare if is_reference(one)))
