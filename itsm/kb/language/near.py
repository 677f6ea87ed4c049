"""How far two spellings are apart, and where words spelt nearly alike stand in a sorted vocabulary (SE-6)."""

# Shorter words have too many neighbours that mean something else.
SHORTEST = 4
TWO_SLIPS_FROM = 8


def slips_allowed(word: str) -> int:
    """Return how many slips a word may have: none when short or with digits, one, or two when long."""
    if len(word) < SHORTEST or not word.isalpha():
        return 0
    return 2 if len(word) >= TWO_SLIPS_FROM else 1


def kept_beginnings(word: str) -> tuple[str, str]:
    """Return the beginning and the end (read backwards) one of which as many slips as are allowed leave alone."""
    kept = max(2, len(word) // (slips_allowed(word) + 1))
    return word[:kept], word[::-1][:kept]


def slips(one: str, other: str, most: int) -> int:
    """Return how many letters were left out, added, changed or swapped with the next; `most` + 1 if more than that.

    >>> slips("druker", "drucker", 2), slips("bidlschirm", "bildschirm", 2), slips("maus", "haus", 1)
    (1, 1, 1)
    """
    # A slip changes two letters at most.
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
