"""The peers of `benchmarks.interaction`: the same answer from SQLite FTS5, DuckDB and pandas.

Each is set up as a careful user would for speed: narrow tables apart from the text, authors and keywords as whole numbers in
tables of their own, indexes, lower-cased text made beforehand; the databases keep the hits of a query while only other filters
change. Each answers with an `Answer`: how many papers are shown, the counts of six facets under all filters but their own (the
largest `TOP` of the long ones), papers per topic and year, and the first page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from explorer import Corpus, Selection
from explorer.selection.query import All, Node, Phrase, Word, parse

TOP = 8
"""Values of a long facet that are asked for, as many as a filter panel shows."""

PAGE = 25
FACETS = ("years", "topics", "venues", "authors", "keywords", "has_code")
_COLUMNS = {"years": "year", "topics": "topic", "venues": "venue", "has_code": "has_code"}
_LISTS = {"authors": "paper_authors", "keywords": "paper_keywords"}


@dataclass
class Answer:
    """What an interaction shows: `counts` per facet, the largest first for those with many values."""

    shown: int
    counts: dict[str, dict[Any, int]] = field(default_factory=dict)
    series: int = 0
    """Papers with a year that the series counts."""
    page: list[Any] = field(default_factory=list)


@dataclass
class Frames:
    """The corpus as the peers load it."""

    papers: pd.DataFrame
    """row, title, abstract, authors_text, keywords_text, published."""
    facts: pd.DataFrame
    """row, topic, venue, year, has_code: one narrow row a paper."""
    lists: dict[str, pd.DataFrame]
    """For authors and keywords: row, value (a whole number)."""
    names: dict[str, dict[str, int]]
    """For authors and keywords: the number of each name."""


def frames_of(corpus: Corpus) -> Frames:
    """The papers of a corpus with the topics it found, so that all engines count the same."""
    table = corpus.table
    rows = np.arange(len(corpus))
    joined = {name: [", ".join(names or ()) for names in table[name].to_pylist()] for name in ("authors", "keywords")}
    papers = table.select(["title", "abstract", "published"]).to_pandas()
    papers = papers.assign(row=rows, authors_text=joined["authors"], keywords_text=joined["keywords"])
    facts = pd.DataFrame(
        {
            "row": rows,
            "topic": pd.Series(np.array(corpus.topics.labels, object)[corpus.topics.codes], dtype="str"),
            "venue": table["venue"].to_pandas(),
            "year": table["year"].to_pandas(),
            "has_code": np.asarray(corpus.snapshot.has_code),
        }
    )
    facets = {name: corpus.snapshot.facet(name) for name in _LISTS}
    lists = {name: pd.DataFrame({"row": facet.rows, "value": facet.codes}) for name, facet in facets.items()}
    names = {name: {text: code for code, text in enumerate(facet.values.to_pylist())} for name, facet in facets.items()}
    return Frames(papers, facts, lists, names)


def leaves(node: Node | None) -> Iterator[Word | Phrase]:
    """The words and phrases of a query without operators other than AND."""
    if isinstance(node, All):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Word | Phrase):
        yield node


class _Sql:
    """What SQLite and DuckDB have in common: the tables, and the counts by GROUP BY."""

    name = ""

    def __init__(self, frames: Frames) -> None:
        self.names = frames.names
        self.queried: str | None = None

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        raise NotImplementedError

    def find(self, query: str) -> None:
        """Fill the table `hit` with the rows and scores of a query."""
        raise NotImplementedError

    def answer(self, selection: Selection) -> Answer:
        """Everything that the selection shows."""
        if selection.query and selection.query != self.queried:
            self.find(selection.query)
            self.queried = selection.query
        where, values = self._where(selection, "")
        answer = Answer(shown=self.run(f"SELECT count(*) FROM facts{where}", *values)[0][0])
        for facet in FACETS:
            where, values = self._where(selection, facet)
            if facet in _LISTS:
                # Joining is slower than a list of rows where nothing is filtered, so that is spared.
                source = f" WHERE row IN (SELECT row FROM facts{where})" if where else ""
                counted = f"SELECT value, count(*) AS n FROM {_LISTS[facet]}{source} GROUP BY value ORDER BY n DESC LIMIT {TOP}"
            else:
                column = _COLUMNS[facet]
                counted = f"SELECT {column}, count(*) AS n FROM facts{where} GROUP BY {column} ORDER BY n DESC"
            answer.counts[facet] = dict(self.run(counted, *values))
        where, values = self._where(selection, "topics")
        series = self.run(f"SELECT topic, year, count(*) FROM facts{where} GROUP BY topic, year", *values)
        answer.series = sum(count for _, year, count in series if year is not None)
        answer.page = self._page(selection)
        return answer

    def _where(self, selection: Selection, without: str) -> tuple[str, list[Any]]:
        tests: list[str] = []
        values: list[Any] = []
        for row, value in selection.active():
            if row.field == without:
                continue
            if row.field == "query":
                tests.append("row IN (SELECT row FROM hit)")
            elif row.field in _LISTS:
                marks = ", ".join("?" * len(value))
                tests.append(f"row IN (SELECT row FROM {_LISTS[row.field]} WHERE value IN ({marks}))")
                values += [self.names[row.field].get(name, -1) for name in value]
            elif row.field == "years":
                low, high = value
                tests.append("year BETWEEN ? AND ?")
                values += [0 if low is None else low, 9999 if high is None else high]
            elif row.field == "has_code":
                tests.append("has_code = ?")
                values.append(bool(value))
            else:
                tests.append(f"{_COLUMNS[row.field]} IN ({', '.join('?' * len(value))})")
                values += list(value)
        return (" WHERE " + " AND ".join(tests) if tests else ""), values

    def _page(self, selection: Selection) -> list[Any]:
        where, values = self._where(selection, "")
        order = {"oldest": "published, row", "title": "lower(title), row"}.get(selection.sort, "published DESC, row")
        source = "papers JOIN facts USING (row)"
        if selection.sort == "relevance" and selection.query:
            source, order = f"{source} JOIN hit USING (row)", "score, row"
        columns = "row, title, abstract, authors_text, published, venue, topic"
        return self.run(f"SELECT {columns} FROM {source}{where} ORDER BY {order} LIMIT {PAGE}", *values)


class SQLite(_Sql):
    """SQLite: FTS5 with Porter stems for the query, GROUP BY for the counts."""

    name = "SQLite FTS5 + GROUP BY"

    def __init__(self, frames: Frames, folder: Path) -> None:
        super().__init__(frames)
        self.database = sqlite3.connect(folder / "peer.sqlite")
        self.database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;")
        self.database.executescript("PRAGMA mmap_size = 8000000000; PRAGMA temp_store = MEMORY;")
        papers = frames.papers.assign(published=frames.papers["published"].astype("str"))
        papers.to_sql("papers", self.database, index=False)
        frames.facts.to_sql("facts", self.database, index=False)
        for name, items in frames.lists.items():
            items.to_sql(_LISTS[name], self.database, index=False)
        statements = [
            "CREATE VIRTUAL TABLE full USING fts5(title, abstract, authors_text, keywords_text, content=papers, "
            "content_rowid=row, tokenize='porter unicode61')",
            "INSERT INTO full(rowid, title, abstract, authors_text, keywords_text) "
            "SELECT row, title, abstract, authors_text, keywords_text FROM papers",
            "INSERT INTO full(full) VALUES('optimize')",
            "CREATE UNIQUE INDEX papers_row ON papers(row)",
            "CREATE INDEX papers_published ON papers(published, row)",
            "CREATE UNIQUE INDEX facts_row ON facts(row)",
            *(f"CREATE INDEX facts_{column} ON facts({column})" for column in ("topic", "venue", "year")),
            *(f"CREATE INDEX {name}_value ON {name}(value, row)" for name in _LISTS.values()),
            *(f"CREATE INDEX {name}_row ON {name}(row, value)" for name in _LISTS.values()),
            "CREATE TEMP TABLE hit (row INTEGER PRIMARY KEY, score REAL)",
            "ANALYZE",
        ]
        for statement in statements:
            self.database.execute(statement)

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        return self.database.execute(statement, values).fetchall()

    def find(self, query: str) -> None:
        """Fill `hit` by FTS5; all words must match, as in the explorer."""
        parts = []
        for leaf in leaves(parse(query)):
            text = '"' + leaf.text.replace('"', "") + '"'
            parts.append(text + " *" if isinstance(leaf, Word) and leaf.prefix else text)
        self.database.execute("DELETE FROM hit")
        self.database.execute("INSERT INTO hit SELECT rowid, bm25(full) FROM full WHERE full MATCH ?", (" ".join(parts),))


class DuckDB(_Sql):
    """DuckDB: LIKE for the query (its full-text extension is a download), GROUP BY for the counts."""

    name = "DuckDB LIKE + GROUP BY"

    def __init__(self, frames: Frames, folder: Path) -> None:
        super().__init__(frames)
        self.database = duckdb.connect(str(folder / "peer.duckdb"))
        tables = {"papers": frames.papers, "facts": frames.facts, "texts": _texts(frames)}
        tables |= {_LISTS[name]: items for name, items in frames.lists.items()}
        for name, content in tables.items():
            self.database.register("content", pa.Table.from_pandas(content, preserve_index=False))
            self.database.execute(f"CREATE TABLE {name} AS SELECT * FROM content")
            self.database.unregister("content")
        self.database.execute("CREATE TEMP TABLE hit (row BIGINT, score DOUBLE)")

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        return self.database.execute(statement, list(values)).fetchall()

    def find(self, query: str) -> None:
        """Fill `hit` by LIKE, without a score."""
        words = [f"%{leaf.text.lower()}%" for leaf in leaves(parse(query))]
        tests = " AND ".join(["text LIKE ?"] * len(words))
        self.database.execute("DELETE FROM hit")
        self.database.execute(f"INSERT INTO hit SELECT row, 0.0 FROM texts WHERE {tests}", words)


class Pandas:
    """Pandas: str.contains for the query, value_counts for the counts."""

    name = "pandas str.contains + value_counts"

    def __init__(self, frames: Frames, folder: Path) -> None:
        self.papers, self.facts, self.lists, self.names = frames.papers, frames.facts, frames.lists, frames.names
        self.text = _texts(frames)["text"]

    def answer(self, selection: Selection) -> Answer:
        """Everything that the selection shows, computed anew as a notebook cell does."""
        masks = {row.field: self._mask(row.field, value) for row, value in selection.active()}
        whole = np.ones(len(self.facts), bool)

        def without(facet: str) -> np.ndarray:
            found = whole.copy()
            for name, mask in masks.items():
                if name != facet:
                    found &= mask
            return found

        shown = without("")
        answer = Answer(shown=int(shown.sum()))
        for facet in FACETS:
            mask = without(facet)
            if facet in _LISTS:
                items = self.lists[facet]
                counts = items["value"][mask[items["row"].to_numpy()]].value_counts().head(TOP)
            else:
                counts = self.facts[_COLUMNS[facet]][mask].value_counts()
            answer.counts[facet] = counts.to_dict()
        series = self.facts[without("topics")].groupby(["topic", "year"]).size()
        answer.series = int(series.sum())
        sort: dict[str, Any] = {"by": ["published"], "ascending": selection.sort == "oldest", "kind": "stable"}
        if selection.sort == "title":
            sort = {"by": ["title"], "key": lambda titles: titles.str.lower(), "kind": "stable"}
        first = self.papers.loc[shown, ["row", "published", "title"]].sort_values(**sort).head(PAGE)
        answer.page = self.papers.loc[first.snapshot.index].to_dict("records")
        return answer

    def _mask(self, name: str, value: Any) -> np.ndarray:
        if name == "query":
            mask = np.ones(len(self.facts), bool)
            for leaf in leaves(parse(value)):
                mask &= self.text.str.contains(leaf.text.lower(), regex=False).to_numpy(bool)
            return mask
        if name in _LISTS:
            items = self.lists[name]
            mask = np.zeros(len(self.facts), bool)
            mask[items["row"][items["value"].isin([self.names[name].get(text, -1) for text in value])]] = True
            return mask
        if name == "years":
            low, high = value
            return np.asarray(self.facts["year"].between(0 if low is None else low, 9999 if high is None else high), bool)
        if name == "has_code":
            return np.asarray(self.facts["has_code"] == value, bool)
        return np.asarray(self.facts[_COLUMNS[name]].isin(value), bool)


def _texts(frames: Frames) -> pd.DataFrame:
    """Everything that is searched, lower-cased, one text a paper."""
    papers = frames.papers
    text = (
        papers["title"]
        .fillna("")
        .str.cat([papers["abstract"].fillna(""), papers["authors_text"], papers["keywords_text"]], "\n")
    )
    return pd.DataFrame({"row": papers["row"], "text": text.str.lower()})


PEERS: tuple[Callable[[Frames, Path], SQLite | DuckDB | Pandas], ...] = (SQLite, DuckDB, Pandas)
