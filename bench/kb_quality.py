"""How well the search finds what judges say is right, by type of query, next to plain methods."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from itsm.kb.packing import Field

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "kb"
# In the order they are printed.
BASELINES = ("fts5_ODER", "bm25_stamm", "bm25_stamm+4gramm")
DEPTH = 10
# Finds the keys of the best articles for a line, looking into these fields alone.
Finder = Callable[[str, Sequence[Field]], Sequence[str]]


@dataclass(frozen=True)
class Quality:
    """The share of queries with a right article in the first place and in the first five, and the mean 1/rank."""

    first: float
    five: float
    mrr: float


@dataclass(frozen=True)
class Query:
    """A judged query: its number, type, words, the fields that may be looked into, and the right articles."""

    qid: str
    kind: str
    line: str
    fields: tuple[Field, ...]
    right: frozenset[str]


def articles(folder: Path = FOLDER) -> list[tuple[str, str, str, str]]:
    """Return key, title, summary and text of each article."""
    rows = _rows(folder / "artikel.jsonl")
    return [(row["id"], row["titel"], row["kurz"], row["text"]) for row in rows]


def queries(folder: Path = FOLDER) -> list[Query]:
    """Return the judged queries; those nothing is right for are left out."""
    right: dict[str, set[str]] = defaultdict(set)
    with (folder / "relevanz.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            right[row["qid"]].add(row["artikel"])
    return [
        Query(row["qid"], row["typ"], row["anfrage"], fields_of(row), frozenset(right[row["qid"]]))
        for row in _rows(folder / "anfragen.jsonl")
        if row["qid"] in right
    ]


def fields_of(row: dict[str, object]) -> tuple[Field, ...]:
    """Return the fields a query may look into: those that are not its own answer."""
    left_out = {Field.TITLE: "titel_indexieren", Field.SUMMARY: "kurz_indexieren"}
    return tuple(field for field in Field if row.get(left_out.get(field, ""), True))


def measured(asked: Sequence[Query], finder: Finder) -> dict[str, Quality]:
    """Return the quality by type of query."""
    ranks: dict[str, list[int | None]] = defaultdict(list)
    for query in asked:
        keys = finder(query.line, query.fields)[:DEPTH]
        ranks[query.kind].append(next((rank for rank, key in enumerate(keys, 1) if key in query.right), None))
    return {
        kind: Quality(
            fmean(rank == 1 for rank in found),
            fmean(rank is not None and rank <= 5 for rank in found),
            fmean(1 / rank if rank else 0 for rank in found),
        )
        for kind, found in ranks.items()
    }


def baselines(folder: Path = FOLDER) -> dict[str, dict[str, Quality]]:
    """Return the quality of the plain methods by their name and type of query."""
    found: dict[str, dict[str, Quality]] = defaultdict(dict)
    with (folder / "basiswerte.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            values = (float(row[name]) for name in ("treffer_platz1", "treffer_top5", "mrr10"))
            found[row["system"]][row["anfragetyp"]] = Quality(*values)
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
