"""`itsm up`: one command starts everything, Ctrl-C ends what it started and nothing else."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from itsm.core import postgres
from itsm.up import _CHILDREN as CHILDREN

ITSM = Path(sys.executable).with_name("itsm")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    postgres.stop(tmp_path)


def start(instance: Path, port: int) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ITSM_")}
    environment |= {
        "ITSM_INSTANCE": str(instance),
        "ITSM_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "ITSM_DEMO_PERCENT": "1",
    }
    return subprocess.Popen(
        [ITSM, "up"], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def wait_for_page(port: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/lebt") as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline, "the page did not answer in time"
            time.sleep(0.1)


def wait_until(true, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def child(up: subprocess.Popen[str], verb: str) -> psutil.Process | None:
    for process in psutil.Process(up.pid).children():
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if verb in process.cmdline():
                return process
    return None


def stop(up: subprocess.Popen[str]) -> str:
    up.send_signal(signal.SIGINT)
    output, _ = up.communicate(timeout=40)
    assert up.returncode == 0, output
    return output


def test_it_starts_everything_brings_back_what_falls_and_leaves_nothing_behind(instance: Path, port: int) -> None:
    up = start(instance, port)
    try:
        wait_for_page(port, 180)
        wait_until(lambda: child(up, "worker") and child(up, "clock"))
        family = psutil.Process(up.pid).children(recursive=True)
        fallen = child(up, "worker")
        fallen.kill()
        wait_until(lambda: child(up, "worker") not in (None, fallen))
    finally:
        output = stop(up)
    assert "Der Worker ist beendet" in output
    assert f"http://127.0.0.1:{port}" in output and "campus@example.org" in output
    assert not any(process.is_running() for process in family)
    assert not postgres.running(instance)

    # A database that somebody else has started goes on running.
    postgres.start(instance)
    again = start(instance, port)
    try:
        # They are started once nothing more is to be loaded, and know nothing of what went before.
        wait_until(lambda: len(psutil.Process(again.pid).children()) == len(CHILDREN), 60)
    finally:
        assert "Die Demo-Stadt wird geladen" not in stop(again)
    assert postgres.running(instance)


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        up = start(tmp_path, taken.getsockname()[1])
        output, _ = up.communicate(timeout=30)
    assert up.returncode == 1
    assert "läuft schon etwas" in output and len(output.splitlines()) == 1
    assert not postgres.running(tmp_path)
