"""Who gives how many devices to whom: as many as possible, in the fewest trips, over the shortest ways. Pure.

Source: docs/rules/entitlement.md, EN-7 and EN-8. A small city is solved exactly. For a large one a first plan gives
every load to one school where it fits; then parts of a few schools each are solved exactly, one after another.
"""

from collections.abc import Sequence

from itsm.assets.entitlement.trips import Loads, cost, fewest

# Up to so many pairs the whole city is one part.
_EXACT_PAIRS = 20
_PART_SOURCES, _PART_TARGETS = 4, 5
_MOST_PARTS = 40


def distribute(surplus: Sequence[int], gaps: Sequence[int], metres: Sequence[Sequence[int]]) -> Loads:
    """Return how many devices go from which surplus to which gap, both by their place in the list.

    The scarcer side is used up, nobody gives or gets more than theirs. The same city gives the same plan.
    """
    if len(surplus) * len(gaps) <= _EXACT_PAIRS:
        return fewest(surplus, gaps, metres)
    if sum(surplus) <= sum(gaps):
        return _improved(_first(surplus, gaps, metres), gaps, metres)
    turned = [list(column) for column in zip(*metres, strict=True)]
    found = _improved(_first(gaps, surplus, turned), surplus, turned)
    return {(here, there): count for (there, here), count in found.items()}


def _first(loads: Sequence[int], room: Sequence[int], metres: Sequence[Sequence[int]]) -> Loads:
    """The better of two quick plans: the nearest place where a load fits, or the place it fits closest."""
    plans = (_fitted(loads, room, metres, tight=tight) for tight in (False, True))
    return min(plans, key=lambda plan: cost(plan, metres))


def _fitted(loads: Sequence[int], room: Sequence[int], metres: Sequence[Sequence[int]], *, tight: bool) -> Loads:
    """The largest loads first: each to a place that holds it whole, else as much as the largest place holds."""
    left, found = list(room), Loads()
    for source in sorted(range(len(loads)), key=lambda source: (-loads[source], source)):
        rest = loads[source]
        while rest:
            whole = [target for target in range(len(left)) if left[target] >= rest]
            if whole:
                target = min(whole, key=lambda target: (tight and left[target], metres[source][target], target))
            else:
                target = min(range(len(left)), key=lambda target: (-left[target], metres[source][target], target))
            found[source, target] = min(rest, left[target])
            left[target] -= found[source, target]
            rest -= found[source, target]
    return found


def _improved(loads: Loads, room: Sequence[int], metres: Sequence[Sequence[int]]) -> Loads:
    """Solve a part around each source anew, the one with the longest ways first, until no part gets better."""
    parts = 0
    better = True
    while better:
        better = False
        ways = {source: sum(metres[at][to] for at, to in loads if at == source) for source, _ in loads}
        for source in sorted(ways, key=lambda source: (-ways[source], source)):
            if parts == _MOST_PARTS:
                return loads
            parts += 1
            found = _part_anew(loads, room, metres, source)
            if cost(found, metres) < cost(loads, metres):
                loads, better = found, True
    return loads


def _part_anew(loads: Loads, room: Sequence[int], metres: Sequence[Sequence[int]], source: int) -> Loads:
    """The plan with its part around one source solved anew: its targets, the nearest others, and who else is there."""
    own = [target for at, target in loads if at == source]
    near = sorted(range(len(room)), key=lambda target: (target not in own, metres[source][target], target))
    targets = near[:_PART_TARGETS]
    there = {at for at, target in loads if target in targets} - {source}
    sources = [source, *sorted(there, key=lambda at: (min(metres[at][target] for target in targets), at))]
    del sources[_PART_SOURCES:]
    inside = {pair: count for pair, count in loads.items() if pair[0] in sources and pair[1] in targets}
    outside = {pair: count for pair, count in loads.items() if pair not in inside}
    free = [room[target] - sum(count for (_, to), count in outside.items() if to == target) for target in targets]
    amounts = [sum(count for (at, _), count in inside.items() if at == source) for source in sources]
    open_targets = [place for place, count in enumerate(free) if count]
    ways = [[metres[at][targets[place]] for place in open_targets] for at in sources]
    found = fewest(amounts, [free[place] for place in open_targets], ways)
    return outside | {(sources[at], targets[open_targets[to]]): count for (at, to), count in found.items()}
