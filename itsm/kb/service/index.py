"""Bring the search in line with what readers can find, within the transaction that changed it.

What stands in the index is a function of the texts alone (SE-4): after any sequence of changes it equals an index
that was built anew.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import groupby

import sqlalchemy as sa

from itsm.core.db import db
from itsm.kb.contents import Counts, Words, contents
from itsm.kb.language.words import grams, stem, stem_term
from itsm.kb.models import Article, IndexedArticle, Lengths, Posting, Word
from itsm.kb.packing import BLOCK, LENGTHS, MOST, POSTING, Field, place, put_in, record

# Any number that nothing else locks with.
_LOCK = 0x6B62
_LANES, _LANE = range(0, 32 * len(Field), 32), 2**32 - 1
_NOTHING: Counts = [0] * len(Field)


def refresh(article: Article) -> None:
    """Put the published texts of a live article into the index, and take out one that is not live any more."""
    refresh_all([article.id])


def refresh_all(article_ids: Iterable[int]) -> None:
    """Refresh many articles at once, a block after the other."""
    db.session.flush()
    # One after the other: two who publish at once would deadlock or lose each other's postings.
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    for _, neighbours in groupby(sorted(set(article_ids)), key=lambda article_id: article_id // BLOCK):
        _refresh_block(list(neighbours))


def rebuild() -> int:
    """Empty the index and build it anew; return how many articles stand in it."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    for table in (Posting, Lengths, Word, IndexedArticle):
        db.session.execute(sa.delete(table))
    refresh_all(db.session.scalars(sa.select(Article.id).where(Article.is_live)))
    return db.session.scalar(sa.select(sa.func.count()).select_from(IndexedArticle)) or 0


def _refresh_block(article_ids: list[int]) -> None:
    rows = db.session.execute(
        sa.select(IndexedArticle.article_id, IndexedArticle.words).where(IndexedArticle.article_id.in_(article_ids))
    )
    before: dict[int, Words] = dict(rows.all())
    after = contents(article_ids)
    changed = [article_id for article_id in article_ids if before.get(article_id, {}) != after.get(article_id, {})]
    if changed:
        block = place(changed[0])[0]
        _write_postings(block, changed, before, after)
        _write_lengths(block, changed, after)
        _count_words(changed, before, after)
        _note(changed, after)


def _write_postings(
    block: int, changed: Collection[int], before: Mapping[int, Words], after: Mapping[int, Words]
) -> None:
    different: dict[str, dict[int, int]] = defaultdict(dict)
    for article_id in changed:
        offset = place(article_id)[1]
        old, new = _terms(before.get(article_id, {})), _terms(after.get(article_id, {}))
        for term in old.keys() | new.keys():
            if old.get(term) != new.get(term):
                different[term][offset] = new.get(term, 0)
    rows = db.session.execute(
        sa.select(Posting.term, Posting.packed).where(
            Posting.term == sa.any_(sa.cast(list(different), sa.ARRAY(sa.Text))), Posting.block == block
        )
    )
    kept = dict.fromkeys(different, b"") | dict(rows.all())
    for term, records in different.items():
        for offset, lanes in records.items():
            kept[term] = put_in(kept[term], offset, _posting(offset, lanes), POSTING)
    gone = [term for term, content in kept.items() if not content]
    if gone:
        db.session.execute(sa.delete(Posting).where(Posting.term.in_(gone), Posting.block == block))
    values = {term: content for term, content in kept.items() if content}
    db.session.execute(
        sa.text(
            "INSERT INTO kb_posting (term, block, packed)"
            " SELECT term, :block, packed FROM unnest(CAST(:terms AS text[]), CAST(:packed AS bytea[])) r(term, packed)"
            " ON CONFLICT (term, block) DO UPDATE SET packed = excluded.packed"
        ),
        {"block": block, "terms": list(values), "packed": list(values.values())},
    )


def _write_lengths(block: int, changed: Collection[int], after: Mapping[int, Words]) -> None:
    lengths = db.session.get(Lengths, block) or Lengths(block=block, packed=b"")
    for article_id in changed:
        offset = place(article_id)[1]
        sums = [sum(column) for column in zip(_NOTHING, *after.get(article_id, {}).values(), strict=True)]
        row = record(offset, sums, LENGTHS) if any(sums) else b""
        lengths.packed = put_in(lengths.packed, offset, row, LENGTHS)
    if lengths.packed:
        db.session.add(lengths)
    elif sa.inspect(lengths).persistent:
        db.session.delete(lengths)


def _count_words(changed: Collection[int], before: Mapping[int, Words], after: Mapping[int, Words]) -> None:
    """Keep in how many articles each word stands."""
    more: Counter[str] = Counter()
    for article_id in changed:
        more.update(after.get(article_id, {}).keys())
        more.subtract(before.get(article_id, {}).keys())
    fewer = {word: -count for word, count in more.items() if count < 0}
    more = +more
    if fewer:
        taken = sa.text(
            "SELECT word, count FROM unnest(CAST(:words AS text[]), CAST(:counts AS integer[])) r(word, count)"
        ).columns(sa.column("word", sa.Text), sa.column("count", sa.Integer))
        rows = taken.bindparams(words=list(fewer), counts=list(fewer.values())).subquery("taken")
        here = Word.word == rows.c.word
        db.session.execute(sa.delete(Word).where(here, Word.articles <= rows.c.count))
        db.session.execute(sa.update(Word).where(here).values(articles=Word.articles - rows.c.count))
    if more:
        db.session.execute(
            sa.text(
                "INSERT INTO kb_word (word, stem, articles) SELECT * FROM"
                " unnest(CAST(:words AS text[]), CAST(:stems AS text[]), CAST(:counts AS integer[]))"
                " ON CONFLICT (word) DO UPDATE SET articles = kb_word.articles + excluded.articles"
            ),
            {"words": list(more), "stems": list(map(stem, more)), "counts": list(more.values())},
        )


def _note(changed: Collection[int], after: Mapping[int, Words]) -> None:
    db.session.execute(sa.delete(IndexedArticle).where(IndexedArticle.article_id.in_(changed)))
    rows = [{"article_id": article_id, "words": after[article_id]} for article_id in changed if after.get(article_id)]
    if rows:
        db.session.execute(sa.insert(IndexedArticle), rows)


@lru_cache(maxsize=100_000)
def _posting(offset: int, lanes: int) -> bytes:
    return record(offset, [min(lanes >> lane & _LANE, MOST) for lane in _LANES], POSTING) if lanes else b""


def _terms(words: Words) -> dict[str, int]:
    """Return the terms of an article and how often each stands in each field.

    The four counts lie side by side in one number: a single addition instead of four.
    """
    found: dict[str, int] = {}
    for word, counts in words.items():
        lanes = sum(count << lane for count, lane in zip(counts, _LANES, strict=True))
        for term in _terms_of(word):
            found[term] = found.get(term, 0) + lanes
    return found


@lru_cache(maxsize=100_000)
def _terms_of(word: str) -> tuple[str, ...]:
    return (stem_term(word), *grams(word))
