"""The week for VROOM, which knows windows, breaks and skills, but no price for a late day: priorities stand in."""

import numpy as np
import vroom

from bench.planner.repair import kept
from itsm.dispatch.planner.week.index import Index, starts_of
from itsm.dispatch.planner.week.model import Plan, Problem

HIGHEST = 100


def plan(problem: Problem, effort: int = 5) -> Plan:
    """What VROOM finds at its highest effort; it takes what time it needs."""
    index = Index(problem)
    work, jobs = list(index.work.values()), list(index.jobs.values())
    names = sorted(
        {skill for job in jobs for skill in job.skills} | {skill for w in problem.workers for skill in w.skills}
    )
    number = {name: place for place, name in enumerate(names)}
    districts = {district: len(names) + place for place, district in enumerate(sorted({j.district for j in jobs}))}
    week = vroom.Input()
    count = len(problem.seconds)
    week.set_durations_matrix("car", np.asarray(problem.seconds, dtype=np.uint32))
    week.set_costs_matrix("car", np.array([index.cents[a] for a in range(count)], dtype=np.uint32))
    dearest = max(job.leave_cents for job in jobs)
    for place, one in enumerate(work):
        pause = one.shift.pause
        week.add_vehicle(
            vroom.Vehicle(
                place + 1,
                start=one.worker.base,
                end=one.worker.base,
                skills={*(number[skill] for skill in one.worker.skills), districts.get(one.worker.district, 0)},
                time_window=vroom.TimeWindow(one.shift.start, one.shift.end),
                breaks=[vroom.Break(1, [vroom.TimeWindow(pause.earliest, pause.latest)], pause.seconds)]
                if pause
                else [],
            )
        )
    for place, job in enumerate(jobs):
        spans = sorted(span for day in range(problem.days) for span in starts_of(job, day))
        if spans:
            week.add_job(
                vroom.Job(
                    place + 1,
                    job.site,
                    default_service=job.seconds,
                    skills={*(number[skill] for skill in job.skills), districts[job.district]},
                    priority=max(1, HIGHEST * job.leave_cents // dearest),
                    time_windows=[vroom.TimeWindow(*span) for span in spans],
                )
            )
    routes: dict[tuple[str, int], list[str]] = {}
    found = week.solve(exploration_level=effort, nb_threads=1)
    for row in found.routes[found.routes.type == "job"].itertuples():
        routes.setdefault(work[row.vehicle_id - 1].key, []).append(jobs[row.id - 1].key)
    return kept(index, routes)
