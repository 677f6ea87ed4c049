"""Signatures as the path of an SVG drawing of 600 × 200; nothing but strokes gets through.

Source: docs/rules/loans.md, LO-4.
"""

import re

LONGEST = 20_000
WIDTH, HEIGHT = 600, 200
# A dot is no signature.
FEWEST_POINTS = 8
_POINT = r"[0-9]{1,3} [0-9]{1,3}"
_PATH = re.compile(rf"M{_POINT}(?: [ML]{_POINT})*")


def is_signature(path: str) -> bool:
    """Say whether a text is the path of a signature: absolute moves and lines inside the drawing."""
    if len(path) > LONGEST or not _PATH.fullmatch(path):
        return False
    numbers = [int(number) for number in re.findall(r"\d+", path)]
    inside = max(numbers[::2]) <= WIDTH and max(numbers[1::2]) <= HEIGHT
    return inside and len(numbers) >= 2 * FEWEST_POINTS
