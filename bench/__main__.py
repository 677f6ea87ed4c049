"""Measure pages, devices, week planner, districts, search and letters: python -m bench [web|…] [--quick] [--json]."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

Say = Callable[[str], None]
# The figures of a part, and the goals it does not keep.
Measured = tuple[Any, list[str]]


def main() -> int:
    """Measure, print, and return 0 if every goal is kept."""
    asked = _asked()
    figures, missed = {}, []
    for part in asked.parts or PARTS:
        figures[part], not_kept = PARTS[part](asked.quick, (lambda _: None) if asked.json else _say)
        missed += not_kept
    if asked.json:
        print(json.dumps({**figures, "missed": missed}, ensure_ascii=False, indent=1))
    else:
        _say("\n".join(["", *(missed or ["Alle Ziele sind erreicht."])]))
    return 1 if missed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description="Misst Seiten, Geräte, Wochenplaner, Bezirke, Suche und Briefe."
    )
    parser.add_argument("parts", nargs="*", metavar="Teil", help=f"{', '.join(PARTS)}; sonst alles")
    parser.add_argument("--quick", action="store_true", help="vom Planer nur ein Bruchteil, in wenigen Minuten")
    parser.add_argument("--json", action="store_true", help="die Zahlen als JSON")
    asked = parser.parse_args()
    unknown = [part for part in asked.parts if part not in PARTS]
    if unknown:
        parser.error(f"Den Teil „{unknown[0]}“ gibt es nicht, nur {', '.join(PARTS)}.")
    return asked


def _say(text: str) -> None:
    print(text, flush=True)


def _web(_: bool, say: Say) -> Measured:
    from bench import web

    pages = web.measure()
    say("\n".join(web.lines(pages)))
    return asdict(pages), [] if pages.keeps_goal else ["Eine Seite ist zu langsam oder zu groß."]


def _planner(quick: bool, say: Say) -> Measured:
    from bench.planner.measure import measured

    return measured(quick, say)


def _districts(_: bool, say: Say) -> Measured:
    from bench import districting

    rows = districting.rows()
    say("\n".join(["", *districting.lines(rows)]))
    return [asdict(row) for row in rows], []


def _devices(_: bool, say: Say) -> Measured:
    from bench import devices

    figures = devices.measure()
    say("\n".join(["", *devices.lines(figures)]))
    return asdict(figures), [] if figures.keeps_goal else ["Eine Seite der Geräte ist zu langsam."]


def _import(_: bool, say: Say) -> Measured:
    from bench import device_import

    found = device_import.measure()
    say("\n".join(["", *device_import.lines(found)]))
    return asdict(found) | {"ratio": found.ratio}, device_import.missed(found)


def _kb(_: bool, say: Say) -> Measured:
    from bench import kb

    figures = kb.measure()
    say("\n".join(["", *kb.lines(figures)]))
    return asdict(figures), figures.missed


def _claims(_: bool, say: Say) -> Measured:
    from bench import letters

    figures = letters.measure()
    say("\n".join(["", *letters.lines(figures)]))
    return asdict(figures) | {"ratio": figures.ratio}, figures.missed


PARTS: dict[str, Callable[[bool, Say], Measured]] = {
    "web": _web,
    "devices": _devices,
    "planner": _planner,
    "districts": _districts,
    "import": _import,
    "kb": _kb,
    "claims": _claims,
}


if __name__ == "__main__":
    sys.exit(main())
