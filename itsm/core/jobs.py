"""What a timed job is: a function of one moment and when it is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Job:
    """A function run at due moments; it returns how many rows it changed.

    `cron` holds APScheduler cron fields in Berlin time, such as {"hour": 6, "minute": 30}.
    It runs in one transaction and gets the moment of the run, which may be later than the due one.
    """

    name: str
    title: str
    cron: dict[str, int | str]
    run: Callable[[datetime], int]
