"""The messages that a page may send, a TypedDict each, and their check: a browser can send anything.

The page's code knows them under the same names (`frontend/messages.d.ts`); docs/messages.md describes them.
"""

# Without `from __future__ import annotations`, under which a TypedDict takes every field for a required one.
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, NotRequired, Required, TypedDict, Union, get_args, get_origin, get_type_hints


class Message(TypedDict, total=False):
    """What every message has: its kind, a number that grows, and the bytes sent along."""

    kind: Required[str]
    seq: int
    buffers: list[Any]


class PlainMessage(Message):
    """A message that says nothing but its kind."""


class SetMessage(Message):
    """Change fields of the selection; `joined` where one undo takes back this change and the one before.

    `typed` where the query is still being typed: its last word is then the beginning of one.
    """

    changes: Required[Any]
    joined: NotRequired[bool]
    typed: NotRequired[bool]


class UrlMessage(Message):
    """Show what the query part of an address says."""

    url: Required[str]


class ArriveMessage(Message):
    """The page of a kernel that was started before anybody came is there, at this address."""

    url: Required[str]


class RowMessage(Message):
    """About the paper in a row."""

    row: Required[Any]


class OpenMessage(Message):
    """Open the paper in a row in the reader; None closes it."""

    row: Required[Any]


class TickMessage(Message):
    """Tick the paper in a row, or untick it."""

    row: Required[Any]
    on: Required[bool]


class TickPageMessage(Message):
    """Tick the papers of the page, or untick them."""

    on: Required[bool]


class TickIdsMessage(Message):
    """Tick papers by their ids."""

    ids: Required[list[Any]]


class ShowTickedMessage(Message):
    """List the ticked papers only, or all that are shown."""

    on: Required[bool]


class ReadMessage(Message):
    """Mark the paper in a row as read, or as not read."""

    row: Required[Any]
    on: Required[bool]


class PageMessage(Message):
    """Go to a page of the list, from 0."""

    page: Required[int]


class FacetMessage(Message):
    """Search within a filter panel, ask for more of its values, and open one of the reader's own columns or close it."""

    facet: Required[str]
    text: NotRequired[str]
    page: NotRequired[int]
    open: NotRequired[bool]


class ChartMessage(Message):
    """Set an option of the charts."""

    option: Required[str]
    value: Required[Any]


class AxisColourMessage(Message):
    """Choose what the papers on the axes are coloured by."""

    value: Required[Any]


class ExportMessage(Message):
    """Save what is shown, or the ticked papers, in a format."""

    format: Required[str]
    ticked: NotRequired[bool]
    analysis: NotRequired[bool]
    marks: NotRequired[bool]
    abstracts: NotRequired[bool]


class FileNextMessage(Message):
    """A part of a file has arrived."""

    id: Required[str]


class StarMessage(Message):
    """Star the paper in a row, or the ticked papers where it is null; or take the star off."""

    row: Required[int | None]
    on: Required[bool]


class TagMessage(Message):
    """Tag the paper in a row, or the ticked papers where it is null; or take the tag off."""

    row: Required[int | None]
    name: Required[str]
    on: Required[bool]


class NoteMessage(Message):
    """Write the note of the paper in a row; `before` is the text that the writer began from."""

    row: Required[int]
    text: Required[str]
    before: Required[str]


class ShareMessage(Message):
    """Show something to the other readers of the library, or no longer."""

    of: Required[str]
    name: Required[str]
    on: Required[bool]


class NameMessage(Message):
    """About a saved search or set by its name."""

    name: Required[str]


class SaveMessage(Message):
    """Save under a name."""

    name: Required[str]
    replace: NotRequired[bool]


class RenameSearchMessage(Message):
    """Give a saved search another name."""

    name: Required[str]
    to: Required[str]


class RunSearchMessage(Message):
    """Show a saved search; with `changes` beside what it gave when it was saved."""

    name: Required[str]
    changes: NotRequired[bool]


# `with` is a word of Python's own.
CompareMessage = TypedDict("CompareMessage", {"kind": str, "seq": NotRequired[int], "buffers": NotRequired[list[Any]],
                                              "with": dict[str, Any] | None})  # fmt: skip


class CompareShowMessage(Message):
    """Show all papers, or those new or gone."""

    part: Required[str]


class AddConceptMessage(Message):
    """Rank by further terms of an expression."""

    text: Required[str]


class AddOperandMessage(Message):
    """Rank by a topic, a saved set or a paper too; `of` is which of these."""

    of: Required[Any]
    name: Required[Any]


class LikeTickedMessage(Message):
    """Rank by likeness to the ticked papers, or by unlikeness."""

    less: Required[bool]


class IntakeBeginMessage(Message):
    """Announce files: each its `id`, `name` and `size`."""

    files: Required[Any]


class IntakeChunkMessage(Message):
    """A part of a file; its bytes are the first buffer."""

    id: Required[Any]
    part: Required[Any]


class IntakeMapMessage(Message):
    """Correct how a file was taken."""

    file: Required[Any]
    columns: Required[Any]
    delimiter: NotRequired[Any]
    encoding: NotRequired[Any]


class IntakeKeepMessage(Message):
    """Keep a record apart from a paper; a source of None takes all of these decisions back."""

    source: Required[Any]
    record: NotRequired[Any]
    paper: NotRequired[Any]


class IntakeAcceptMessage(Message):
    """Take the papers over: "add" or "new"."""

    how: Required[Any]


class IntakeFetchMessage(Message):
    """Ask a web service."""

    service: Required[Any]
    query: Required[Any]
    limit: Required[Any]
    list: NotRequired[Any]
    day: NotRequired[Any]


class IntakeSplitMessage(Message):
    """Take a merge of the corpus back."""

    paper: Required[Any]


class IntakeDecideMessage(Message):
    """Say of two papers that are likely one whether they are."""

    first: Required[str]
    second: Required[str]
    same: Required[bool]


class DayMessage(Message):
    """Which papers appeared in a period; `by` asks for another kind of period around it."""

    period: NotRequired[str]
    by: NotRequired[str]
    order: NotRequired[str]


class SubscriptionsMessage(Message):
    """What the reader is subscribed to, and the next issue of what is shown."""

    without: NotRequired[str]
    cadence: NotRequired[str]
    cap: NotRequired[int]


class SubscribeMessage(Message):
    """Subscribe to what is shown."""

    name: Required[str]
    without: NotRequired[str]
    cadence: NotRequired[str]
    cap: NotRequired[int]
    address: NotRequired[str]
    bibtex: NotRequired[bool]
    replace: NotRequired[bool]


class LedgerFileMessage(Message):
    """Save the ledger: of the corpus, or of what came in last."""

    of: NotRequired[str]


class CompleteMessage(Message):
    """Ask how to go on with the word under the cursor; with `concepts` the text is an expression."""

    text: Required[str]
    at: Required[int]
    concepts: NotRequired[bool]


class SuggestMessage(Message):
    """Ask what a query with few hits may have meant."""

    text: Required[str]


class BeyondMessage(Message):
    """Ask what there is beyond the few papers that have every word of the query."""


class PictureMessage(Message):
    """Ask for a chart as a figure."""

    chart: Required[str]


class ChartCodeMessage(Message):
    """Ask for a chart as Python."""

    chart: Required[str]


class CiteMessage(Message):
    """Ask for a paper as text to cite it by; `form` is one of `explorer.export.citation.FORMS`."""

    row: Required[int]
    form: Required[str]


class ScreenBeginMessage(Message):
    """Begin a review, or go on with one; `criteria` are lines, `seeds` says whether the ticked papers are included."""

    name: Required[str]
    reviewer: Required[str]
    description: NotRequired[str]
    criteria: NotRequired[str]
    votes: NotRequired[int]
    seeds: NotRequired[bool]


class ScreenDecideMessage(Message):
    """Decide about a record, or resolve the conflict about it."""

    id: Required[str]
    label: Required[str]
    reason: Required[str]


class ScreenUndoMessage(Message):
    """Take the last decision back, or by its number what a file told."""

    number: NotRequired[int]


class ScreenPickMessage(Message):
    """Show a certain record of the review, by its id or its `row` in the corpus; with neither the one that comes next."""

    id: Required[str | None]
    row: NotRequired[int]


class ScreenFillMessage(Message):
    """Fill in the missing abstract of a record."""

    id: Required[str]
    text: Required[str]


class ScreenViewMessage(Message):
    """Show another view of the review, or another stage of it; of the decisions, those with some words or a label."""

    view: Required[str]
    stage: Required[int]
    words: NotRequired[str]
    label: NotRequired[str]


class ScreenTeamMessage(Message):
    """A reviewer is done with the stage, leaves (`who`), comes back, or lifts the blinding."""

    act: Required[str]
    who: Required[str]


class ScreenSettingsMessage(Message):
    """Change criteria and reasons of the review, each given as lines."""

    settings: Required[dict[str, Any]]


class ScreenSampleMessage(Message):
    """Draw a random sample of so many records."""

    size: Required[int]


class ScreenSeedsMessage(Message):
    """Include papers known to be relevant: those of a file, whose bytes are the buffer, or of `lines` with a DOI, a PMID or a title each."""

    name: Required[str]
    lines: NotRequired[str]


class ScreenLabelsMessage(Message):
    """A part of a file of decisions made elsewhere, numbered from 0; its bytes are the buffer, `size` those of the whole file."""

    name: Required[str]
    size: Required[int]
    part: Required[int]


class ScreenLabelsTakeMessage(Message):
    """Take over the decisions of the file that was read, or leave them."""

    yes: Required[bool]


class ScreenFileMessage(Message):
    """Save a file of the review."""

    file: Required[str]


class ScreenFlowMessage(Message):
    """What the PRISMA flow of the review is, drawn where there are so many pixels from left to right."""

    width: Required[int]


class RecommendMessage(Message):
    """What to read next; also learnt from papers picked to begin with, by their `rows`, and from the `ticked` ones."""

    rows: NotRequired[list[Any]]
    ticked: NotRequired[bool]


class TopicMessage(Message):
    """What a topic is, by its id or its label."""

    topic: Required[str]


class TopicEditMessage(Message):
    """Change a topic, or make one: `action` is one of `explorer.topics.edits.ACTIONS`, `words` stand between commas."""

    action: Required[str]
    topic: Required[str]
    label: NotRequired[str]
    others: NotRequired[list[Any]]
    number: NotRequired[int]
    words: NotRequired[str]
    ticked: NotRequired[bool]
    row: NotRequired[int]


class TopicCompareMessage(Message):
    """Compare two sides by what they are about; `by` says what a side is: years or months, a topic's id, or the name of a saved search."""

    by: Required[str]
    of: Required[str]
    before: Required[Any]
    after: Required[Any]


class TopicUndoMessage(Message):
    """Take an edit of the topics back, by its number in the log, from 1."""

    number: Required[int]


def check(message: Mapping[str, Any], kind: Any) -> None:
    """See that a message has what its type says, under the types it says.

    Raises
    ------
    KeyError
        A field is missing.
    TypeError
        A value is of another type.
    """
    for name, (needed, allowed) in _fields(kind).items():
        if name not in message:
            if needed:
                raise KeyError(name)
        elif (allowed and not isinstance(message[name], allowed)) or (
            isinstance(message[name], bool) and bool not in (allowed or (bool,))
        ):
            raise TypeError(name)


@cache
def _fields(kind: Any) -> dict[str, tuple[bool, tuple[type, ...]]]:
    """Of each field whether it is required, and the types it may have; none stands for any."""
    hints = get_type_hints(kind)
    return {
        name: (name in kind.__required_keys__, _types(hint)) for name, hint in hints.items() if name not in ("seq", "buffers")
    }


def _types(hint: Any) -> tuple[type, ...]:
    if hint is Any:
        return ()
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(found for part in get_args(hint) for found in _types(part))
    return (get_origin(hint) or hint,)
