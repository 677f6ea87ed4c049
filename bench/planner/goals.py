"""What the planner promises, and the sentences about what a measurement does not keep.

Ratios of a quick run say little: fewer districts, shorter searches.
"""

from collections.abc import Iterator, Sequence

from bench.planner import growth, quality, routing, sickness, tuesday
from bench.planner.rivals import Way

# Above the best plan known: on average and in the worst week at 5 s, in the mean at 2 s.
MEAN, WORST, MEAN_SHORT = 1.02, 1.04, 1.04
TO_GREEDY, TO_ARRIVAL = 0.80, 0.50
# Equal plans in different units of rounding are not a loss.
NOT_WORSE = 1.0005
GROWN_TIMES, GROWN_SECONDS, GROWN_TO_GREEDY, GROWN_MIB = 10, 1.2, 0.78, 200
TO_SQUEEZED, SQUEEZED_SECONDS = 0.80, 20.0
TUESDAY_TO_BEST, TUESDAY_MOVED, TUESDAY_OF, TUESDAY_CENTS = 1.05, 10, 30, 500


def of_quality(rows: Sequence[quality.Row]) -> Iterator[str]:
    """The weeks."""
    if any(row.broken for row in rows):
        yield "Es gibt Pläne, die eine Regel brechen."
    for budget, goal in ((quality.FULL, MEAN), (quality.SHORT, MEAN_SHORT)):
        ours = [row.to_reference for row in rows if row.way == Way.OURS and row.budget == budget]
        if sum(ours) / len(ours) > goal:
            yield f"Im Mittel der Wochen über {goal} der besten bekannten bei {budget:g} s."
    for row in rows:
        mine = row.way == Way.OURS and row.budget == quality.FULL
        if mine and row.to_reference > WORST:
            yield f"{row.week}: über {WORST} der besten bekannten."
        if mine and not row.week.endswith("0.75") and (row.to_greedy > TO_GREEDY or row.to_arrival > TO_ARRIVAL):
            yield f"{row.week}: zu nah an „gierig“ oder „nach Eingang“."
        ours = next(one for one in rows if (one.week, one.way, one.budget) == (row.week, Way.OURS, quality.FULL))
        if row.way != Way.OURS and row.to_reference < ours.to_reference:
            yield f"{row.week}: {row.way} ist besser."


def of_routing(rows: Sequence[routing.Row]) -> Iterator[str]:
    """The public instances."""
    for row in rows:
        if row.ratio > NOT_WORSE:
            yield f"{row.instance}: bei {row.budget:g} s schlechter als PyVRP allein ({row.ratio:.3f})."
        if row.broken:
            yield f"{row.instance}: ein Plan bricht eine Regel."


def of_growth(rows: Sequence[growth.Row]) -> Iterator[str]:
    """Ten times the districts."""
    for row in rows:
        if row.times != GROWN_TIMES:
            continue
        if row.cpu_seconds_each > GROWN_SECONDS:
            yield f"{row.districts} Bezirke: {row.cpu_seconds_each:.2f} s je Bezirk."
        if row.to_greedy > GROWN_TO_GREEDY:
            yield f"{row.districts} Bezirke: {row.to_greedy:.2f} von „gierig“."
        if row.peak_mib > GROWN_MIB:
            yield f"{row.districts} Bezirke, {row.workers} Arbeiter: {row.peak_mib:.0f} MiB."


def of_sickness(rows: Sequence[sickness.Row]) -> Iterator[str]:
    """A week without one manager."""
    for row in rows:
        named = f"{row.week}, Bezirk {row.sick}"
        if row.promise_cents == 0 and row.budget == SQUEEZED_SECONDS and row.to_squeezed > TO_SQUEEZED:
            yield f"{named}: {row.to_squeezed:.2f} von „Nachbarn“."
        if row.first_left and row.budget == SQUEEZED_SECONDS:
            yield f"{named}: P1 bleibt liegen."
        if row.broken:
            yield f"{named}: ein Plan bricht eine Regel."


def of_tuesday(rows: Sequence[tuesday.Row]) -> Iterator[str]:
    """A running Tuesday."""
    for row in rows:
        if row.broken:
            yield "Dienstag: ein Plan bricht eine Regel."
        if row.promise_cents == TUESDAY_CENTS and row.to_best_with_promises > TUESDAY_TO_BEST:
            yield f"Dienstag: {row.to_best_with_promises:.3f} der besten bekannten."
        if row.promise_cents == TUESDAY_CENTS and row.moved > TUESDAY_MOVED * row.promised / TUESDAY_OF:
            yield f"Dienstag: {row.moved:.1f} von {row.promised:.1f} Zusagen verschoben."
