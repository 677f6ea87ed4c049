"""The week for OR-Tools: its routing library has windows with holes, breaks and a price per vehicle of its own."""

from collections.abc import Callable
from itertools import count

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from bench.planner.repair import kept
from itsm.dispatch.planner.week.index import Index, WorkDay, starts_of
from itsm.dispatch.planner.week.model import Job, Plan, Problem

HORIZON = 10**7
# The clock is looked at once in so many questions: Python answers slowly.
SELDOM = 16
# Wall time, far beyond any budget: without it OR-Tools warns of a search without an end.
LONGEST_SECONDS = 24 * 3600


def plan(problem: Problem, is_over: Callable[[], bool]) -> Plan:
    """What OR-Tools finds from parallel cheapest insertion on, by guided local search, until the time is over."""
    index = Index(problem)
    work, jobs = list(index.work.values()), list(index.jobs.values())
    ends = list(range(len(work)))
    nodes = pywrapcp.RoutingIndexManager(len(work) + len(jobs), len(work), ends, ends)
    routing = pywrapcp.RoutingModel(nodes)
    _prices(routing, nodes, index, work, jobs)
    _times(routing, nodes, index, work, jobs)
    options = pywrapcp.DefaultRoutingSearchParameters()
    options.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    options.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    options.time_limit.seconds = LONGEST_SECONDS
    asked = count()
    # Its own limit is wall time, which would buy a worse plan on a busy machine.
    limit = routing.solver().CustomLimit(lambda: next(asked) % SELDOM == 0 and is_over())
    routing.AddSearchMonitor(limit)
    found = routing.SolveWithParameters(options)
    routes: dict[tuple[str, int], list[str]] = {}
    if found is None:
        return Plan()
    for vehicle, one in enumerate(work):
        place, seen = found.Value(routing.NextVar(routing.Start(vehicle))), []
        while not routing.IsEnd(place):
            seen.append(jobs[nodes.IndexToNode(place) - len(work)].key)
            place = found.Value(routing.NextVar(place))
        routes[one.key] = seen
    return kept(index, routes)


def _prices(
    routing: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
    index: Index,
    work: list[WorkDay],
    jobs: list[Job],
) -> None:
    sites = [*(one.worker.base for one in work), *(job.site for job in jobs)]
    for vehicle, one in enumerate(work):
        late = [0] * len(work) + [job.late_cents[one.day] for job in jobs]
        table = [
            [index.cents[a][b] + index.fee(one.worker, a, b) + late[column] for column, b in enumerate(sites)]
            for a in sites
        ]
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(table), vehicle)
    for number, job in enumerate(jobs, len(work)):
        place = nodes.NodeToIndex(number)
        routing.AddDisjunction([place], job.leave_cents)
        able = [
            vehicle
            for vehicle, one in enumerate(work)
            if job.skills <= one.worker.skills
            and (job.district == one.worker.district or index.problem.rates.foreign_cents is not None)
            and starts_of(job, one.day)
        ]
        routing.VehicleVar(place).SetValues([-1, *able])


def _times(
    routing: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
    index: Index,
    work: list[WorkDay],
    jobs: list[Job],
) -> None:
    sites = [*(one.worker.base for one in work), *(job.site for job in jobs)]
    stays = [0] * len(work) + [job.seconds for job in jobs]
    table = [[stays[row] + index.seconds[a][b] for b in sites] for row, a in enumerate(sites)]
    routing.AddDimension(routing.RegisterTransitMatrix(table), HORIZON, HORIZON, False, "time")
    time = routing.GetDimensionOrDie("time")
    for number, job in enumerate(jobs, len(work)):
        begin = time.CumulVar(nodes.NodeToIndex(number))
        spans = [span for day in range(index.problem.days) for span in starts_of(job, day)]
        if spans:
            begin.SetRange(min(first for first, _ in spans), max(last for _, last in spans))
            for (_, last), (first, _) in zip(sorted(spans), sorted(spans)[1:], strict=False):
                if first > last + 1:
                    begin.RemoveInterval(last + 1, first - 1)
    visits = [0] * routing.Size()
    for number in range(len(work), len(sites)):
        visits[nodes.NodeToIndex(number)] = stays[number]
    for vehicle, one in enumerate(work):
        shift = one.shift
        time.CumulVar(routing.Start(vehicle)).SetRange(shift.start, shift.end)
        time.CumulVar(routing.End(vehicle)).SetRange(shift.start, shift.end)
        if shift.pause is not None:
            rest = routing.solver().FixedDurationIntervalVar(
                shift.pause.earliest, shift.pause.latest, shift.pause.seconds, False, f"rest {vehicle}"
            )
            time.SetBreakIntervalsOfVehicle([rest], vehicle, visits)
