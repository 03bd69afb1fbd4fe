"""Every error meant for the user.

::

    ExplorerError
    ├── ReadError            a file or page could not be read as papers
    ├── SchemaError          a table lacks what a step needs
    ├── CorpusError          a corpus folder is missing, damaged or of another version
    ├── QueryError           a search query is malformed; carries the position
    ├── SelectionError       a selection names something that cannot be
    ├── ConceptError         a concept that no paper, or every paper, shows
    ├── EmbedderError        an embedder, its package or its model is not there, or gives what cannot be used
    ├── ExpressionError      an expression over concepts does not parse; carries the position
    ├── ExportError          a table could not be written
    ├── LibraryError         a reader's saved searches could not be read or written
    ├── ScreeningError       a review was asked for what cannot be
    ├── FeedError            a day, a subscription or a digest that cannot be, or could not be delivered
    ├── ServerError          the dashboard server could not be started
    ├── ServiceError         a web service could not be reached, refused, or sent what cannot be read
    └── TopicError           a change of the topics that cannot be

Each message says what happened, to which record or file, and what to do next.
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Root of every error meant for the user."""


class ReadError(ExplorerError):
    """A file or page could not be read as papers."""


class SchemaError(ExplorerError):
    """A table lacks a column, or a column has the wrong type."""


class CorpusError(ExplorerError):
    """A corpus folder is missing, damaged or of another version."""


class QueryError(ExplorerError):
    """A search query is malformed.

    Attributes
    ----------
    position : int
        Zero-based character of the query the message points at.
    query : str
        The query, its white space as single blanks where it came from a selection.
    """

    def __init__(self, message: str, position: int = 0, query: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.query = query


class SelectionError(ExplorerError):
    """A selection names a field, value or order that cannot be."""


class ExportError(ExplorerError):
    """A table could not be written."""


class ConceptError(ExplorerError):
    """A concept that no paper, or every paper, shows."""


class EmbedderError(ExplorerError):
    """An embedder, its package or its model is not there, or gives what cannot be used."""


class ExpressionError(ExplorerError):
    """An expression that does not parse.

    Parameters
    ----------
    message : str
        What is wrong and what to do next.
    text : str
        The expression as typed.
    position : int
        The character at fault, from 0; ``len(text)`` means the end.
    """

    def __init__(self, message: str, text: str, position: int) -> None:
        super().__init__(f"{message} (character {position + 1})\n{text}\n{' ' * position}^")
        self.message = message
        self.text = text
        self.position = position


class LibraryError(ExplorerError):
    """A reader's saved searches could not be read or written, or there is none of a name."""


class ScreeningError(ExplorerError):
    """A review was asked for what cannot be: a paper it does not have, a label there is not, a reviewer who left."""


class FeedError(ExplorerError):
    """A day, a subscription or a digest that cannot be, or could not be delivered."""


class ServerError(ExplorerError):
    """The dashboard server could not be started."""


class ServiceError(ExplorerError):
    """A web service could not be reached, refused, or sent what cannot be read.

    Attributes
    ----------
    status : int or None
        HTTP status of the last answer; None where there was none.
    retry_after : float or None
        Seconds after which the service said to ask again.
    """

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class TopicError(ExplorerError):
    """A change of the topics that cannot be: there is no such topic or paper, or its name is taken."""
