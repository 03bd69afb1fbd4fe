"""The peers of `benchmarks.interaction`: the same answer from SQLite, DuckDB, polars and pandas.

Each is set up as somebody who knows it well would for speed, and keeps between interactions what the explorer keeps:

- narrow columns apart from the text: topics and venues as categories (ENUM, whole numbers), years as 16-bit integers; authors and
  keywords as whole numbers in tables of their own;
- hits of the last 32 queries, the masks of the last 64 filters (pandas, polars), and the counts over all papers;
- lower-cased text made beforehand, indexes, one on ``lower(title)``, and titles in order;
- the databases write the papers under all filters into a temporary table once an interaction, and count from it every facet that
  is not filtered itself; a facet that is has a table of its own, under the others.

Each answers with an `Answer`: how many papers are shown, the counts of six facets under all filters but their own (the largest
`TOP` of the long ones), papers per topic and year, and the first page.
"""

from __future__ import annotations

import re
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

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
QUERIES, MASKS = 32, 64
"""Hits of queries and masks of filters that are kept, as many as the explorer keeps."""

_COLUMNS = {"years": "year", "topics": "topic", "venues": "venue", "has_code": "has_code"}
_LISTS = {"authors": "paper_authors", "keywords": "paper_keywords"}


class AbsentError(Exception):
    """A peer cannot run here; the message says why."""


@dataclass
class Answer:
    """What an interaction shows: `counts` per facet, the largest first for those with many values."""

    shown: int
    counts: dict[str, dict[Any, int]] = field(default_factory=dict)
    series: int = 0
    """Papers with a year that the series counts."""
    page: list[int] = field(default_factory=list)
    """Rows of the papers of the first page; their text was fetched too."""


@dataclass
class Frames:
    """The corpus as the peers load it."""

    papers: pd.DataFrame
    """row, title, abstract, authors_text, keywords_text, published, title_key (lower case)."""
    facts: pd.DataFrame
    """row, topic, venue (categories), year (int16; -1 if unknown), has_code, published (days since 1970; int32)."""
    lists: dict[str, pd.DataFrame]
    """For authors and keywords: row, value (a whole number)."""
    names: dict[str, dict[str, int]]
    """For authors and keywords: the number of each name."""


class Engine(Protocol):
    """A peer with the corpus loaded."""

    name: str

    def answer(self, selection: Selection) -> Answer:
        """Everything that the selection shows."""


class Recent:
    """The results of the last calls, by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Give what is kept for a key, or make it."""
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def frames_of(corpus: Corpus) -> Frames:
    """The papers of a corpus with the topics it found, so that all engines count the same."""
    table = corpus.table
    rows = np.arange(len(corpus), dtype=np.int32)
    joined = {name: [", ".join(names or ()) for names in table[name].to_pylist()] for name in ("authors", "keywords")}
    papers = table.select(["title", "abstract", "published"]).to_pandas()
    papers["title_key"] = papers["title"].fillna("").str.lower()
    papers = papers.assign(row=rows, authors_text=joined["authors"], keywords_text=joined["keywords"])
    days = table["published"].cast(pa.timestamp("s")).to_numpy().astype("datetime64[D]").astype(np.int64)
    facts = pd.DataFrame(
        {
            "row": rows,
            "topic": pd.Categorical.from_codes(np.asarray(corpus.topics.codes), corpus.topics.labels),
            "venue": table["venue"].to_pandas().astype("category"),
            "year": table["year"].to_pandas().fillna(-1).astype(np.int16),
            "has_code": np.asarray(corpus.snapshot.has_code, bool),
            # Not-a-time is the least integer, and stands after all dates where the newest come first.
            "published": np.clip(days, -(2**31), 2**31 - 1).astype(np.int32),
        }
    )
    facets = {name: corpus.snapshot.facet(name) for name in _LISTS}
    lists = {
        name: pd.DataFrame({"row": np.asarray(facet.rows, np.int32), "value": np.asarray(facet.codes, np.int32)}).sort_values(
            "row", kind="stable", ignore_index=True
        )
        for name, facet in facets.items()
    }
    names = {name: {text: code for code, text in enumerate(facet.values.to_pylist())} for name, facet in facets.items()}
    return Frames(papers, facts, lists, names)


def leaves(node: Node | None) -> Iterator[Word | Phrase]:
    """The words and phrases of a query without operators other than AND."""
    if isinstance(node, All):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Word | Phrase):
        yield node


def year_range(value: Any) -> tuple[int, int]:
    """First and last year of a filter whose ends may be open."""
    low, high = value
    return 0 if low is None else low, 9999 if high is None else high


class _Sql:
    """What SQLite and DuckDB have in common: the tables, and the counts by GROUP BY."""

    name = ""

    def __init__(self, frames: Frames) -> None:
        self.names = frames.names
        self.size = len(frames.facts)
        self._queries: OrderedDict[str, int] = OrderedDict()
        self._asked = 0
        self._totals: dict[str, Any] = {}

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        raise NotImplementedError

    def find(self, query: str, number: int) -> None:
        """Write the rows and scores of a query into the table `hit` under a number."""
        raise NotImplementedError

    def value(self, facet: str, text: Any) -> Any:
        """What stands in the column of a facet for one of its values."""
        return text

    def label(self, facet: str, value: Any) -> Any:
        """The value of a facet for what stands in its column."""
        return value

    def answer(self, selection: Selection) -> Answer:
        """Everything that the selection shows."""
        active = [row.field for row, _ in selection.active()]
        number = self._hits(selection.query) if selection.query else 0
        sources = {"": self._narrowed(selection, "", number)}
        sources |= {name: self._narrowed(selection, name, number) for name in FACETS if name in active}
        answer = Answer(shown=self.run(f"SELECT count(*) FROM {sources['']}")[0][0] if active else self.size)
        for facet in FACETS:
            source = sources.get(facet, sources[""])
            answer.counts[facet] = self._total(facet) if source == "facts" else self._count(facet, source)
        source = sources.get("topics", sources[""])
        series = self._total("") if source == "facts" else self._series(source)
        answer.series = sum(count for _, year, count in series if year >= 0)
        answer.page = self._page(selection, sources[""], number)
        return answer

    def _hits(self, query: str) -> int:
        if query not in self._queries:
            if len(self._queries) == QUERIES:
                self.run("DELETE FROM hit WHERE query = ?", self._queries.popitem(last=False)[1])
            self._asked += 1
            self.find(query, self._asked)
            self._queries[query] = self._asked
        self._queries.move_to_end(query)
        return self._queries[query]

    def _narrowed(self, selection: Selection, without: str, number: int) -> str:
        """Write the facts under all filters but one into a temporary table; gives its name (that of all, if none filters)."""
        where, values = self._where(selection, without, number)
        if not where:
            return "facts"
        name = f"under_{without or 'all'}"
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TEMP TABLE {name} AS SELECT facts.* FROM {where}", *values)
        return name

    def _count(self, facet: str, source: str) -> dict[Any, int]:
        if facet in _LISTS:
            name = _LISTS[facet]
            joined = f"{source} JOIN {name} USING (row)" if source != "facts" else name
            counted = f"SELECT value, count(*) AS n FROM {joined} GROUP BY value ORDER BY n DESC LIMIT {TOP}"
            return dict(self.run(counted))
        column = _COLUMNS[facet]
        counted = self.run(f"SELECT {column}, count(*) AS n FROM {source} GROUP BY {column} ORDER BY n DESC")
        return {self.label(facet, value): count for value, count in counted if value is not None and value != -1}

    def _series(self, source: str) -> list[Any]:
        return self.run(f"SELECT topic, year, count(*) FROM {source} GROUP BY topic, year")

    def _total(self, facet: str) -> Any:
        """Counts over all papers, which no interaction changes."""
        if facet not in self._totals:
            self._totals[facet] = self._count(facet, "facts") if facet else self._series("facts")
        return self._totals[facet]

    def _where(self, selection: Selection, without: str, number: int) -> tuple[str, list[Any]]:
        source = "facts"
        tests: list[str] = []
        values: list[Any] = []
        for row, value in selection.active():
            if row.field == without:
                continue
            if row.field == "query":
                source = "hit JOIN facts USING (row)"
                tests.append("hit.query = ?")
                values.append(number)
            elif row.field in _LISTS:
                marks = ", ".join("?" * len(value))
                tests.append(f"row IN (SELECT row FROM {_LISTS[row.field]} WHERE value IN ({marks}))")
                values += [self.names[row.field].get(name, -1) for name in value]
            elif row.field == "years":
                tests.append("year BETWEEN ? AND ?")
                values += year_range(value)
            elif row.field == "has_code":
                tests.append("has_code = ?")
                values.append(bool(value))
            else:
                tests.append(f"{_COLUMNS[row.field]} IN ({', '.join('?' * len(value))})")
                values += [self.value(row.field, text) for text in value]
        return (f"{source} WHERE {' AND '.join(tests)}" if tests else ""), values

    def _page(self, selection: Selection, source: str, number: int) -> list[int]:
        """Find the rows of the first page in narrow columns, then fetch the text of these alone."""
        chosen, values = f"SELECT row FROM {source}", []
        if selection.sort == "relevance" and selection.query:
            chosen = f"SELECT row FROM {source} JOIN hit USING (row) WHERE hit.query = ? ORDER BY score DESC, row"
            values = [number]
        elif selection.sort == "title":
            chosen = self.by_title(source)
        else:
            chosen += f" ORDER BY published{'' if selection.sort == 'oldest' else ' DESC'}, row"
        rows = [row for (row,) in self.run(f"{chosen} LIMIT {PAGE}", *values)]
        if rows:
            # Written out, for DuckDB takes its index for numbers that it knows, and not for parameters.
            among = ", ".join(map(str, rows))
            self.run(f"SELECT row, title, abstract, authors_text, published FROM papers WHERE row IN ({among})")
        return rows

    def by_title(self, source: str) -> str:
        """Statement that gives the rows of a table by title."""
        return f"SELECT row FROM {source} JOIN papers USING (row) ORDER BY title_key, row"


class SQLite(_Sql):
    """SQLite: FTS5 with Porter stems for the query, GROUP BY for the counts."""

    name = "SQLite FTS5 + GROUP BY"

    def __init__(self, frames: Frames, folder: Path) -> None:
        super().__init__(frames)
        self.database = sqlite3.connect(folder / "peer.sqlite")
        self.database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;")
        self.database.executescript("PRAGMA mmap_size = 8000000000; PRAGMA temp_store = MEMORY;")
        self.codes = {}
        facts = frames.facts.assign(has_code=frames.facts["has_code"].astype(np.int8))
        for facet, column in (("topics", "topic"), ("venues", "venue")):
            self.codes[facet] = {text: code for code, text in enumerate(facts[column].cat.categories)}
            facts[column] = facts[column].cat.codes
        self.labels = {facet: dict(enumerate(codes)) for facet, codes in self.codes.items()}
        papers = frames.papers.assign(published=frames.papers["published"].astype("str")).drop(columns="title_key")
        self.database.executescript(
            "CREATE TABLE papers (row INTEGER PRIMARY KEY, title, abstract, authors_text, keywords_text, published);"
            "CREATE TABLE facts (row INTEGER PRIMARY KEY, topic INTEGER, venue INTEGER, year INTEGER, has_code INTEGER, "
            "published INTEGER);"
        )
        papers.to_sql("papers", self.database, index=False, if_exists="append")
        facts.to_sql("facts", self.database, index=False, if_exists="append")
        for name, items in frames.lists.items():
            items.to_sql(_LISTS[name], self.database, index=False)
        statements = [
            "CREATE VIRTUAL TABLE full USING fts5(title, abstract, authors_text, keywords_text, content=papers, "
            "content_rowid=row, tokenize='porter unicode61')",
            "INSERT INTO full(full) VALUES('rebuild')",
            "INSERT INTO full(full) VALUES('optimize')",
            "CREATE INDEX papers_title ON papers(lower(title), row)",
            "CREATE INDEX facts_published ON facts(published, row)",
            *(f"CREATE INDEX facts_{column} ON facts({column})" for column in ("topic", "venue", "year")),
            *(f"CREATE INDEX {name}_value ON {name}(value, row)" for name in _LISTS.values()),
            *(f"CREATE INDEX {name}_row ON {name}(row, value)" for name in _LISTS.values()),
            "CREATE TEMP TABLE hit (query INTEGER, row INTEGER, score REAL, PRIMARY KEY (query, row)) WITHOUT ROWID",
            "ANALYZE",
        ]
        for statement in statements:
            self.database.execute(statement)

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        return self.database.execute(statement, values).fetchall()

    def value(self, facet: str, text: Any) -> Any:
        """Return the code of a topic or venue."""
        return self.codes[facet].get(text, -2)

    def label(self, facet: str, value: Any) -> Any:
        """Topic or venue of a code; other values are themselves."""
        return self.labels[facet][value] if facet in self.labels else value

    def find(self, query: str, number: int) -> None:
        """Fill `hit` by FTS5; all words must match, as in the explorer."""
        parts = []
        for leaf in leaves(parse(query)):
            text = '"' + leaf.text.replace('"', "") + '"'
            parts.append(text + " *" if isinstance(leaf, Word) and leaf.prefix else text)
        # FTS5's score is the less the better.
        chosen = "INSERT INTO hit SELECT ?, rowid, -bm25(full) FROM full WHERE full MATCH ?"
        self.database.execute(chosen, (number, " ".join(parts)))

    def by_title(self, source: str) -> str:
        """Walk the index where many papers are shown, else sort the few."""
        few = f"SELECT row FROM {source} JOIN papers USING (row) ORDER BY lower(title), row"
        if source == "facts":
            return "SELECT row FROM papers ORDER BY lower(title), row"
        shown = self.run(f"SELECT count(*) FROM {source}")[0][0]
        if shown * 20 < self.size:
            return few
        # A table made by a statement has no key, so the page would look each paper up by scanning it.
        self.run(f"CREATE INDEX temp.{source}_row ON {source}(row)")
        return f"SELECT papers.row FROM papers CROSS JOIN {source} USING (row) ORDER BY lower(title), papers.row"


class DuckDB(_Sql):
    """DuckDB: LIKE for the query, GROUP BY for the counts."""

    name = "DuckDB LIKE + GROUP BY"

    def __init__(self, frames: Frames, folder: Path) -> None:
        super().__init__(frames)
        self.database = duckdb.connect(str(folder / "peer.duckdb"))
        papers = frames.papers.drop(columns="title_key")
        # Categories come in as ENUM, so that they are compared and grouped as small numbers.
        tables = {"papers": papers, "facts": frames.facts, "texts": _texts(frames)}
        tables |= {_LISTS[name]: items for name, items in frames.lists.items()}
        for name, content in tables.items():
            self.database.register("content", content)
            self.database.execute(f"CREATE TABLE {name} AS SELECT * FROM content")
            self.database.unregister("content")
        self.database.execute("CREATE UNIQUE INDEX papers_row ON papers(row)")
        # DuckDB uses no index to sort: lower(title) is a column of its own.
        self.database.execute("CREATE TABLE titles AS SELECT row, lower(title) AS title_key FROM papers")
        self.database.execute("CREATE TEMP TABLE hit (query INTEGER, row INTEGER, score DOUBLE)")

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        return self.database.execute(statement, list(values)).fetchall()

    def find(self, query: str, number: int) -> None:
        """Fill `hit` by LIKE, without a score."""
        words = [f"%{leaf.text.lower()}%" for leaf in leaves(parse(query))]
        tests = " AND ".join(["text LIKE ?"] * len(words))
        self.run(f"INSERT INTO hit SELECT ?, row, 0.0 FROM texts WHERE {tests}", number, *words)

    def by_title(self, source: str) -> str:
        """Sort by the column of lower-cased titles."""
        return f"SELECT row FROM {source} JOIN titles USING (row) ORDER BY title_key, row"


class DuckDBFts(DuckDB):
    """DuckDB with its full-text extension, out of the package ``duckdb-extension-fts``.

    Its BM25 knows words only: prefixes are found by LIKE, and phrases by LIKE among the papers that have their words.
    """

    name = "DuckDB full-text + GROUP BY"

    def __init__(self, frames: Frames, folder: Path) -> None:
        extension = fts_extension()
        super().__init__(frames, folder)
        self.database.execute(f"LOAD '{extension}'")
        columns = "'title', 'abstract', 'authors_text', 'keywords_text'"
        self.database.execute(f"PRAGMA create_fts_index('papers', 'row', {columns}, stemmer = 'porter')")

    def find(self, query: str, number: int) -> None:
        """Fill `hit` by BM25; all words must match, as in the explorer."""
        found = list(leaves(parse(query)))
        words = " ".join(leaf.text for leaf in found if not (isinstance(leaf, Word) and leaf.prefix))
        written = [leaf for leaf in found if isinstance(leaf, Phrase) or leaf.prefix]
        likes = " AND ".join(["text LIKE ?"] * len(written))
        patterns = [f"%{leaf.text.lower()}%" for leaf in written]
        if not words:
            self.run(f"INSERT INTO hit SELECT ?, row, 0.0 FROM texts WHERE {likes}", number, *patterns)
            return
        scored = "SELECT row, fts_main_papers.match_bm25(row, ?, conjunctive := 1) AS score FROM papers"
        hits = f"SELECT row, score FROM ({scored}) WHERE score IS NOT NULL"
        if likes:
            hits = f"SELECT row, score FROM ({hits}) JOIN texts USING (row) WHERE {likes}"
        self.run(f"INSERT INTO hit SELECT ?, row, score FROM ({hits})", number, words, *patterns)


def fts_extension() -> Path:
    """Path of DuckDB's full-text extension.

    Raises
    ------
    AbsentError
        The package that ships it is not installed, or is of another version than DuckDB.
    """
    found = find_spec("duckdb_extension_fts")
    if found is None or not found.submodule_search_locations:
        raise AbsentError("duckdb-extension-fts is not installed; `pip install -e '.[bench]'` installs it.")
    folder = Path(next(iter(found.submodule_search_locations))) / "extensions"
    path = folder / f"v{duckdb.__version__}" / "fts.duckdb_extension"
    if not path.exists():
        has = ", ".join(sorted(part.name for part in folder.iterdir()))
        raise AbsentError(f"duckdb-extension-fts is for DuckDB {has}, and DuckDB {duckdb.__version__} is installed.")
    return path


class _Masks:
    """What pandas and polars have in common: masks of single filters that are kept, papers in order, counts over all papers."""

    def __init__(self, frames: Frames) -> None:
        self.size = len(frames.facts)
        self.names = frames.names
        self._kept = Recent(MASKS)
        self._totals: dict[str, Any] = {}
        days, titles = frames.facts["published"].to_numpy(), frames.papers["title_key"]
        # Rows in each order, so that a page is the first of them that are shown.
        self.orders = {
            "newest": np.argsort(-days.astype(np.int64), kind="stable"),
            "oldest": np.argsort(days, kind="stable"),
            "title": titles.sort_values(kind="stable").index.to_numpy(),
        }

    def answer(self, selection: Selection) -> Answer:
        """Everything that the selection shows."""
        masks = {}
        for row, value in selection.active():
            masks[row.field] = self._kept.get((row.field, value), lambda row=row, value=value: self.mask(row.field, value))

        def without(facet: str) -> Any:
            found = None
            for name, mask in masks.items():
                if name != facet:
                    found = mask if found is None else found & mask
            return found

        shown = without("")
        answer = Answer(shown=self.size if shown is None else int(shown.sum()))
        for facet in FACETS:
            mask = without(facet) if facet in masks else shown
            answer.counts[facet] = self._total(facet) if mask is None else self.count(facet, mask)
        mask = without("topics") if "topics" in masks else shown
        answer.series = self._total("") if mask is None else self.series(mask)
        # Neither scores its hits, so that what would be sorted by relevance has the newest first.
        order = self.orders.get(selection.sort, self.orders["newest"])
        answer.page = (order if shown is None else order[np.asarray(shown)[order]])[:PAGE].tolist()
        self.fetch(answer.page)
        return answer

    def _total(self, facet: str) -> Any:
        if facet not in self._totals:
            whole = self.everything()
            self._totals[facet] = self.count(facet, whole) if facet else self.series(whole)
        return self._totals[facet]

    def everything(self) -> Any:
        """Mask of all papers."""
        raise NotImplementedError

    def mask(self, name: str, value: Any) -> Any:
        """Mask of one filter."""
        raise NotImplementedError

    def count(self, facet: str, mask: Any) -> dict[Any, int]:
        """Papers per value of a facet."""
        raise NotImplementedError

    def series(self, mask: Any) -> int:
        """Count papers per topic and year; gives their number."""
        raise NotImplementedError

    def fetch(self, rows: list[int]) -> None:
        """Fetch the text of some papers."""
        raise NotImplementedError


class Pandas(_Masks):
    """Pandas: str.contains for the query, value_counts for the counts."""

    name = "pandas str.contains + value_counts"

    def __init__(self, frames: Frames, folder: Path) -> None:
        super().__init__(frames)
        self.papers, self.facts = frames.papers, frames.facts
        self.lists = {name: (items["row"].to_numpy(), items["value"]) for name, items in frames.lists.items()}
        self.text = _texts(frames)["text"]

    def everything(self) -> np.ndarray:
        """Mask of all papers."""
        return np.ones(self.size, bool)

    def mask(self, name: str, value: Any) -> np.ndarray:
        """Mask of one filter."""
        if name == "query":
            mask = np.ones(self.size, bool)
            for leaf in leaves(parse(value)):
                # Arrow finds a pattern by RE2 in a tenth of the time that it takes to find the same text as text.
                mask &= self.text.str.contains(re.escape(leaf.text.lower())).to_numpy(bool)
            return mask
        if name in _LISTS:
            rows, values = self.lists[name]
            mask = np.zeros(self.size, bool)
            mask[rows[values.isin([self.names[name].get(text, -1) for text in value]).to_numpy()]] = True
            return mask
        if name == "years":
            return np.asarray(self.facts["year"].between(*year_range(value)), bool)
        if name == "has_code":
            return np.asarray(self.facts["has_code"] == value, bool)
        return np.asarray(self.facts[_COLUMNS[name]].isin(value), bool)

    def count(self, facet: str, mask: np.ndarray) -> dict[Any, int]:
        """Papers per value of a facet."""
        if facet in _LISTS:
            rows, values = self.lists[facet]
            return dict(values[mask[rows]].value_counts().head(TOP))
        counted = self.facts[_COLUMNS[facet]][mask].value_counts()
        return {value: int(count) for value, count in counted.items() if count and value != -1}

    def series(self, mask: np.ndarray) -> int:
        """Count papers per topic and year; gives their number."""
        facts = self.facts[mask & (self.facts["year"] >= 0).to_numpy()]
        return int(facts.groupby(["topic", "year"], observed=True).size().sum())

    def fetch(self, rows: list[int]) -> None:
        """Fetch the text of some papers."""
        self.papers.iloc[rows].to_dict("records")


class Polars(_Masks):
    """polars: str.contains for the query, value_counts for the counts; on as many threads as it takes."""

    name = "polars str.contains + value_counts"

    def __init__(self, frames: Frames, folder: Path) -> None:
        if find_spec("polars") is None:
            raise AbsentError("polars is not installed; `pip install -e '.[bench]'` installs it.")
        import polars as pl

        super().__init__(frames)
        self.pl = pl
        self.papers = pl.from_pandas(frames.papers)
        # Categories become Enum columns.
        self.facts = pl.from_pandas(frames.facts)
        self.lists = {name: pl.from_pandas(items) for name, items in frames.lists.items()}
        self.text = pl.from_pandas(_texts(frames))["text"]

    def everything(self) -> Any:
        """Mask of all papers."""
        return self.pl.repeat(True, self.size, eager=True)

    def mask(self, name: str, value: Any) -> Any:
        """Mask of one filter."""
        pl = self.pl
        if name == "query":
            mask = self.everything()
            for leaf in leaves(parse(value)):
                mask &= self.text.str.contains(leaf.text.lower(), literal=True)
            return mask
        if name in _LISTS:
            items = self.lists[name]
            found = items["row"].filter(items["value"].is_in([self.names[name].get(text, -1) for text in value]))
            mask = np.zeros(self.size, bool)
            mask[found.to_numpy()] = True
            return pl.Series(mask)
        if name == "years":
            return self.facts["year"].is_between(*year_range(value))
        if name == "has_code":
            return self.facts["has_code"] == value
        return self.facts.select(pl.col(_COLUMNS[name]).cast(pl.String).is_in(list(value))).to_series()

    def count(self, facet: str, mask: Any) -> dict[Any, int]:
        """Papers per value of a facet."""
        if facet in _LISTS:
            items = self.lists[facet]
            counted = items["value"].filter(mask.gather(items["row"])).value_counts().top_k(TOP, by="count")
        else:
            counted = self.facts[_COLUMNS[facet]].filter(mask).value_counts(sort=True)
        return {value: count for value, count in counted.iter_rows() if value is not None and value != -1}

    def series(self, mask: Any) -> int:
        """Count papers per topic and year; gives their number."""
        facts = self.facts.filter(mask & (self.facts["year"] >= 0))
        return int(facts.group_by("topic", "year").len()["len"].sum())

    def fetch(self, rows: list[int]) -> None:
        """Fetch the text of some papers."""
        self.papers[rows].to_dicts()


def _texts(frames: Frames) -> pd.DataFrame:
    """Everything that is searched, lower-cased, one text a paper."""
    papers = frames.papers
    text = (
        papers["title"]
        .fillna("")
        .str.cat([papers["abstract"].fillna(""), papers["authors_text"], papers["keywords_text"]], "\n")
    )
    return pd.DataFrame({"row": papers["row"], "text": text.str.lower()})


PEERS: tuple[Callable[[Frames, Path], Engine], ...] = (SQLite, DuckDB, DuckDBFts, Polars, Pandas)
