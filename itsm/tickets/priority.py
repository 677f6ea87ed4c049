"""Impact × urgency → priority; nobody picks a priority."""

# Rows are the impact 1 to 3, columns the urgency 1 to 3. Source: docs/rules/tickets.md, TK-1.
MATRIX = ((1, 2, 3), (2, 3, 4), (3, 4, 5))
EXAM_URGENCY = 1

IMPACTS = {1: "Die ganze Schule oder mehrere Räume", 2: "Ein Raum oder eine Klasse", 3: "Eine Person"}
URGENCIES = {1: "Der Unterricht steht", 2: "Es geht, aber nur eingeschränkt", 3: "Es kann warten"}
NAMES = {1: "sehr dringend", 2: "dringend", 3: "normal", 4: "kann warten", 5: "ohne Eile"}


def priority_of(impact: int, urgency: int) -> int:
    """Return the priority, 1 (highest) to 5."""
    return MATRIX[impact - 1][urgency - 1]


def urgency_of(urgency: int, is_exam: bool) -> int:
    """Return the urgency that counts: while an exam is running, the lesson counts as stopped."""
    return EXAM_URGENCY if is_exam else urgency
