"""An order of stops proposed by PyVRP."""

from itertools import permutations

from pyvrp import Model
from pyvrp.stop import MaxIterations

from itsm.dispatch.planner.day.model import Day
from itsm.dispatch.planner.day.timeline import Timeline

# More than all minutes of a day, and less than PyVRP's highest fine for a minute late:
# otherwise it would rather come late than leave a stop to us.
_PER_STOP = 2_000
_PER_APPOINTMENT = 20_000


def order(day: Day, seed: int, iterations: int) -> list[int]:
    """Indices of the stops PyVRP serves within their windows, in its order.

    PyVRP knows neither the break nor lateness: stops it leaves out are for the caller.
    A client has one window there, so a stop becomes a group of clients, one per window.
    """
    clock = Timeline(day)
    model = Model()
    sites = sorted({day.start_site, day.end_site, *(one.site for one in clock.timed)})
    locations = {site: model.add_location(0, 0) for site in sites}
    for origin, target in permutations(sites, 2):
        model.add_edge(
            locations[origin],
            locations[target],
            distance=0,
            duration=day.minutes[origin][target],
        )
    model.add_vehicle_type(
        start_depot=model.add_depot(locations[day.start_site]),
        end_depot=model.add_depot(locations[day.end_site]),
        tw_early=day.shift.start,
        start_late=day.shift.start,
        tw_late=day.shift.end,
        unit_duration_cost=1,
    )
    stop_of_client: list[int] = []
    for stop, one in enumerate(clock.timed):
        group = model.add_client_group(required=False)
        prize = _PER_STOP if day.stops[stop].fixed_start is None else _PER_APPOINTMENT
        for first, last in one.starts or ((day.shift.start, day.shift.end),):
            model.add_client(
                locations[one.site],
                service_duration=one.service,
                tw_early=max(0, first),
                tw_late=max(0, last),
                prize=prize,
                required=False,
                group=group,
            )
            stop_of_client.append(stop)
    result = model.solve(MaxIterations(iterations), seed, collect_stats=False, display=False)
    return [
        stop_of_client[activity.idx] for route in result.best.routes() for activity in route if activity.is_client()
    ]
