"""Which jobs would have to leave so that another one fits."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from itsm.dispatch.planner.week.index import WorkDay
from itsm.dispatch.planner.week.model import Job
from itsm.dispatch.planner.week.rota import DayKey, Place, Rota, best_place, price_of
from itsm.dispatch.planner.week.timeline import NEVER

# One job that makes room is looked for before two together; then a day is emptied and filled again.
MOST_TRIED = 2
# So many groups of people are asked to make room for what they do together.
MOST_CLEARED = 12


@dataclass(frozen=True, slots=True)
class Room:
    """A place for a job, free once `displaced` are left out; the plan is then `cents` dearer.

    Units: cents.
    """

    cents: int
    displaced: tuple[str, ...]
    place: Place


def make_room(rota: Rota, job: Job, within: DayKey | None = None) -> Room | None:
    """The cheapest way to get an unplanned job in by leaving others out: one of a day, else two, else more.

    What is pinned, frozen or done by several people stays.
    """
    days = [work for key, work in rota.index.work.items() if within in (None, key) and _may_come(rota, work, job)]
    if job.people == 1:
        for size in range(1, MOST_TRIED + 1):
            best: Room | None = None
            for work in days:
                best = _cheapest(rota, job, work, size, best) or best
            if best is not None:
                return best
    return _cleared(rota, job, days)


def pins_in_the_way(rota: Rota, job: Job) -> tuple[str, ...]:
    """Pinned jobs that would have to give way besides all others, as few as possible."""
    days = [work for work in rota.index.work.values() if _may_come(rota, work, job)]
    groups = list(_groups(job, days))
    most = max((len(rota.days[work.key]) for work in days), default=0) * job.people
    for size in range(1, most + 1):
        for group in groups:
            loose = rota.without(*(key for work in group for key in _free_of(rota, work)))
            staying = {key for work in group for key in loose.days[work.key] if key not in work.shift.frozen}
            for keys in combinations(sorted(staying), size):
                if best_place(loose.without(*keys), job.key, group) is not None:
                    return keys
    return ()


def _may_come(rota: Rota, work: WorkDay, job: Job) -> bool:
    return rota.index.may_serve(work, job)


def _is_free(rota: Rota, key: str) -> bool:
    job = rota.index.jobs[key]
    return job.pin is None and job.people == 1


def _free_of(rota: Rota, work: WorkDay) -> list[str]:
    return [key for key in rota.days[work.key] if key not in work.shift.frozen and _is_free(rota, key)]


def _value(rota: Rota, at: DayKey, key: str) -> int:
    """What leaving a planned job out costs, but for the drive it saves."""
    job = rota.index.jobs[key]
    return job.leave_cents - price_of(job, (at,))


def _cheapest(rota: Rota, job: Job, work: WorkDay, size: int, best: Room | None) -> Room | None:
    """The cheapest room on one day below the best one known."""
    found: Room | None = None
    limit = best.cents if best is not None else None
    now = rota.day_cents(work.key)
    worth = {key: _value(rota, work.key, key) for key in _free_of(rota, work)}
    for keys in sorted(combinations(worth, size), key=lambda keys: (sum(worth[key] for key in keys), keys)):
        # What is saved on the drives is at most the whole day.
        fixed = sum(worth[key] for key in keys) - job.leave_cents
        if limit is not None and fixed + price_of(job, (work.key,)) - now >= limit:
            break
        thinned = rota.without(*keys)
        saved = now - thinned.day_cents(work.key)
        place = best_place(thinned, job.key, [work], NEVER if limit is None else limit - fixed + saved)
        if place is not None:
            limit = fixed - saved + place.cents
            found = Room(limit, tuple(sorted(keys)), place)
    return found


def _cleared(rota: Rota, job: Job, days: list[WorkDay]) -> Room | None:
    """Empty a day of all that may leave, put the job in, and put back what still fits, the dearest first."""
    before, groups = rota.cents(), list(_groups(job, days))
    if job.people > 1:
        groups = _cheapest_groups(rota, job, groups)
    rooms = (room for group in groups if (room := _clear(rota, job, group, before)) is not None)
    return min(rooms, key=lambda room: (room.cents, room.displaced), default=None)


def _cheapest_groups(rota: Rota, job: Job, groups: list[list[WorkDay]]) -> list[list[WorkDay]]:
    """The few groups that could do the job at the least price if nothing else was to be done."""
    offers = []
    for group in groups:
        emptied = rota.without(*(key for work in group for key in _free_of(rota, work)))
        place = best_place(emptied, job.key, group)
        if place is not None:
            offers.append((place.cents, [work.key for work in group], group))
    return [group for _, _, group in sorted(offers, key=lambda offer: offer[:2])[:MOST_CLEARED]]


def _groups(job: Job, days: list[WorkDay]) -> Iterator[list[WorkDay]]:
    for day in sorted({work.day for work in days}):
        able = [work for work in days if work.day == day]
        yield from map(list, combinations(able, job.people))


def _clear(rota: Rota, job: Job, group: list[WorkDay], before: int) -> Room | None:
    free = [(key, work) for work in group for key in _free_of(rota, work)]
    gone = [key for key, _ in sorted(free, key=lambda one: (-_value(rota, one[1].key, one[0]), one[0]))]
    place = best_place(rota.without(*gone), job.key, group)
    if place is None:
        return None
    for key in list(gone):
        fewer = [other for other in gone if other != key]
        found = best_place(rota.without(*fewer), job.key, group)
        if found is not None:
            gone, place = fewer, found
    cents = rota.without(*gone).with_job(job.key, place).cents() - before
    return Room(cents, tuple(sorted(gone)), place)
