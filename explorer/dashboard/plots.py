"""The charts of the page as functions: each gives the plotly figure that the page draws of the same selection.

`FUNCTIONS` is the one table from a chart's name to its function; with it the page writes a chart as Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from explorer.corpus.corpus import Corpus
from explorer.dashboard.figures import drawn
from explorer.dashboard.views import axes, page, topics
from explorer.errors import CorpusError, SelectionError
from explorer.selection.selection import Selection
from explorer.topics.edits import no_topic
from explorer.topics.trends import PERIODS

if TYPE_CHECKING:
    import plotly.graph_objects as go

P = ParamSpec("P")
T = TypeVar("T")


def of_corpus(draw: Callable[P, T]) -> Callable[P, T]:
    """A function of a corpus that says what to do where it is given something else, such as a table.

    Examples
    --------
    >>> @of_corpus
    ... def plot_size(corpus: Corpus) -> int:
    ...     return len(corpus)
    >>> plot_size([])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    explorer.errors.CorpusError: plot_size draws a corpus, and was given a list. Open one with ...
    """

    @wraps(draw)
    def checked(*args: P.args, **options: P.kwargs) -> T:
        given = args[0] if args else options.get("corpus")
        if not isinstance(given, Corpus) and (args or "corpus" in options):
            name = draw.__name__
            raise CorpusError(
                f"{name} draws a corpus, and was given a {type(given).__name__}. Open one with explorer.open_corpus, or make one of a "
                f"table: explorer.{name}(explorer.Corpus.from_papers(papers))."
            )
        return draw(*args, **options)

    return checked


FUNCTIONS = {
    "topics": ("plot_topics", ("by", "share", "cumulative")),
    "lines": ("plot_trends", ("by", "share", "cumulative")),
    "keywords": ("plot_keywords", ()),
    "own": ("plot_column", ("column",)),
    "axes": ("plot_axes", ("colour",)),
    "tree": ("plot_topic_tree", ("kind",)),
}
"""For each chart of the page its function, and the options of the page that it takes."""


@of_corpus
def plot_topics(
    corpus: Corpus, selection: Selection | str | None = None, *, by: str = "year", share: bool = True, cumulative: bool = False
) -> go.Figure:
    """Draw the topics: papers of each, and beside them their course over time as a heat map.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection or str, optional
        Whose papers are counted, a text as a query; all by default.
    by : {"year", "quarter", "month", "venues", "authors", "keywords"} or ``columns.NAME``, a column of your own
        By a facet its 24 commonest values stand in place of periods, the commonest first.
    share : bool
        Whether the heat map shows the part of each period's (or value's) papers, 0 to 1, or their number.
    cumulative : bool
        Whether it shows the number of papers up to each period, whatever `share` is; by a facet there is none.

    Returns
    -------
    plotly.graph_objects.Figure
        As the page saves it.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        There is no such period or facet, or the selection is none.
    QueryError
        The query is malformed.

    Examples
    --------
    >>> import explorer
    >>> figure = explorer.plot_topics(explorer.open_corpus(), "reasoning")
    >>> [trace.type for trace in figure.data], int(sum(figure.data[0].x))
    (['bar', 'heatmap'], 28)
    """
    _check(by, corpus.snapshot.dividing())
    return drawn(topics.picture(corpus.results(_of(selection)), share=share, cumulative=cumulative, by=by)["figure"])


@of_corpus
def plot_trends(
    corpus: Corpus,
    selection: Selection | str | None = None,
    *,
    topics: Sequence[str] | str = (),
    by: str = "year",
    share: bool = True,
    cumulative: bool = False,
) -> go.Figure:
    """Draw a few topics over time as lines, shares with their 95 % intervals (Wilson 1927).

    Parameters
    ----------
    corpus : Corpus
    selection : Selection or str, optional
        Whose papers are counted; all by default.
    topics : sequence of str, or str
        Labels or ids of at most five topics; by default those of the selection, else the five largest.
    by : {"year", "quarter", "month"}
    share : bool
        Draw the part of each period's papers, 0 to 1, or their number.
    cumulative : bool
        Draw the number of papers up to each period, whatever `share` is.

    Returns
    -------
    plotly.graph_objects.Figure
        A line a topic; unfinished periods are dotted. A large mark is a burst of papers, a pale one a burst that is no more than chance
        (see `corpus.topics.trends`, which tells them also where topics times periods are more than 1,500).

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        There is no such period or topic, or there are more than five.
    QueryError
        The query is malformed.

    Examples
    --------
    >>> import explorer
    >>> corpus = explorer.open_corpus()
    >>> figure = explorer.plot_trends(corpus, topics=corpus.topics.labels[:2], share=False)
    >>> sorted({trace.name for trace in figure.data}) == sorted(corpus.topics.labels[:2])
    True
    """
    _check(by)
    chosen = _of(selection)
    known = corpus.topics.labels
    by_id = dict(zip(corpus.topics.table.ids, known, strict=True))
    asked = (topics,) if isinstance(topics, str) or not isinstance(topics, Iterable) else topics
    labels = tuple(label if label in known else by_id.get(label, label) for label in asked) or chosen.topics
    labels = labels or _largest(corpus, chosen)
    if unknown := [label for label in labels if label not in known]:
        raise SelectionError(str(no_topic(unknown[0], corpus.topics.table.ids, known)))
    if len(labels) > MOST:
        raise SelectionError(f"Of {len(labels)} lines none could be followed. Choose at most {MOST} topics.")
    # The lines are under all filters but that of topics, which says only what is drawn.
    view = _panel(corpus, replace(chosen, topics=labels), by, share, cumulative)
    # Where papers have no dates its notes say so.
    return drawn(view["lines"]["figure"], *view["notes"][:1] if view["shown"] else ())


@of_corpus
def plot_keywords(corpus: Corpus, selection: Selection | str | None = None) -> go.Figure:
    """Draw the most frequent keywords, or key phrases where no paper came with keywords.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection or str, optional
        Whose papers are counted; all by default.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar a keyword, the most frequent on top.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        The papers have no keywords.
    QueryError
        The query is malformed.

    Examples
    --------
    >>> import explorer
    >>> explorer.plot_keywords(explorer.open_corpus(), "vision").data[0].orientation
    'h'
    """
    found = page.keyword_chart(corpus.results(_of(selection)))
    if not found:
        raise SelectionError("The papers of this corpus have no keywords.")
    return drawn(found[0]["figure"])


@of_corpus
def plot_column(corpus: Corpus, column: str = "", selection: Selection | str | None = None) -> go.Figure:
    """Draw how many papers have each value of a column of your own, or lie in each range of its numbers or dates.

    Parameters
    ----------
    corpus : Corpus
    column : str
        Its name; by default the first that parts the papers.
    selection : Selection or str, optional
        Whose papers are counted; all by default.

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        There is no such column.
    QueryError
        The query is malformed.

    Examples
    --------
    >>> import explorer
    >>> import pandas as pd
    >>> papers = pd.DataFrame({"title": ["a", "b", "c"], "my_label": ["yes", "no", "yes"]})
    >>> explorer.plot_column(explorer.Corpus.from_papers(papers), "my_label").data[0].x
    (2, 1)
    """
    results = corpus.results(_of(selection))
    offered = [stored.column.key for stored in results.snapshot.columns.by_key.values() if stored.column.telling]
    if column and column not in offered:
        raise SelectionError(f"There is no column {column!r} to draw. Columns: {', '.join(offered) or 'none'}.")
    found = page.own_chart(results, column)
    if not found:
        raise SelectionError("The papers have no columns beside those of the paper table.")
    return drawn(found[0]["figure"])


@of_corpus
def plot_axes(corpus: Corpus, selection: Selection, *, colour: str = "topic") -> go.Figure:
    """Draw where papers lie between the poles of one axis or two.

    Parameters
    ----------
    corpus : Corpus
    selection : Selection
        With `axes`; whose papers are drawn.
    colour : {"none", "topic", "year", "upvotes", "score"}
        What the colour of a paper tells; one that the corpus has not is taken as the first that it has.

    Returns
    -------
    plotly.graph_objects.Figure
        A histogram of one axis, a plane of two.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        The selection has no axes, or there is no such colour.
    ConceptError
        A pole has no papers of its own.

    Examples
    --------
    >>> import explorer
    >>> selection = explorer.Selection(axes=(("arithmetic", "vision"),))
    >>> explorer.plot_axes(explorer.open_corpus(), selection, colour="none").data[0].type
    'bar'
    """
    chosen = _of(selection)
    if not chosen.axes:
        raise SelectionError('The selection has no axes. Give some: explorer.Selection(axes=(("theory", "experiment"),)).')
    return drawn(axes.axes(corpus.results(chosen), axes.check_colour(colour))["chart"]["figure"])


MOST = topics.MOST_LINES
"""Topics that are drawn as lines at most."""


def code_of(chart: str, selection: Selection, folder: str, options: dict[str, Any]) -> str:
    """A chart of the page as Python that draws it.

    Parameters
    ----------
    chart : str
        A key of `FUNCTIONS`.
    selection : Selection
    folder : str
        Path of the corpus folder.
    options : dict
        Options of the page; those that the chart's function takes are written.

    Raises
    ------
    CorpusError
        It is given something else than a corpus, such as a table.
    SelectionError
        There is no such chart.

    Examples
    --------
    >>> print(code_of("keywords", Selection(query="vision"), "corpus/", {}).splitlines()[-1])
    figure.show()
    """
    if chart not in FUNCTIONS:
        raise SelectionError(f"There is no chart {chart!r}. Charts: {', '.join(FUNCTIONS)}.")
    name, takes = FUNCTIONS[chart]
    given = "".join(f", {option}={options[option]!r}" for option in takes if options.get(option) not in (None, ""))
    lines = selection.to_python(folder).rstrip().replace("papers = corpus.select(", "selection = ", 1)
    # What was the argument of a call ends without its bracket.
    lines = lines[:-1]
    argument = "corpus, selection=selection" if chart == "own" else "corpus, selection"
    return f"{lines}\nfigure = explorer.{name}({argument}{given})\nfigure.show()\n"


def _of(selection: Selection | str | None) -> Selection:
    return Selection() if selection is None else Selection.of(selection)


def _check(by: str, facets: Sequence[str] = ()) -> None:
    if by not in (*PERIODS, *facets):
        told = f" Facets: {', '.join(facets)}." if facets else ""
        raise SelectionError(f"There is no period {by!r}. Periods: {', '.join(PERIODS)}.{told}")


def _largest(corpus: Corpus, selection: Selection) -> tuple[str, ...]:
    rows = _panel(corpus, selection, "year", True, False)["rows"]
    return tuple(row["value"] for row in rows if row["papers"])[:MOST]


def _panel(corpus: Corpus, selection: Selection, by: str, share: bool, cumulative: bool) -> dict[str, Any]:
    return topics.topics(corpus.results(selection), share=share, cumulative=cumulative, by=by, lines=True)
