"""Jobs that several people do: who and when is settled before the search, the dearest first."""

from itsm.dispatch.planner.week.model import Plan, Problem


def hold(problem: Problem, start: Plan) -> dict[tuple[str, str], int]:
    """The start of each job for several people, per job and worker."""
    return {}
