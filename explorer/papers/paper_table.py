"""The paper table as a corpus keeps it, each abstract packed for itself; gone through in batches; the hash of its content.

The abstracts are two thirds of a paper table. Packed one by one with a dictionary that was learnt from some of them they take a
third of the room, and one is unpacked in two millionths of a second, so that a page asks for no more than it shows. Whoever writes a table
never holds more than a batch of it.
"""

from __future__ import annotations

import hashlib
import io
import mmap
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.errors import CorpusError
from explorer.papers.rows import gathered
from explorer.papers.schema import FIELDS, TEXT, as_named, needs_whole_column, to_table

if TYPE_CHECKING:
    import pandas as pd

PACKED = "abstract"
"""The column that is packed; the others are read for all papers, or are short."""

LEAST = 2_000
"""Papers from which abstracts are packed: of fewer there is little to learn, and little to save."""

_SAMPLED = 8_000
"""Abstracts that a dictionary is learnt from at most: of twice as many it is two per cent better."""

_DICTIONARY = 200_000
"""Bytes of a dictionary at most."""

_LEVEL = 5
"""Abstracts of arXiv take 263 of 767 bytes so, in 16 microseconds each; 279 with zstd's defaults in 7, 252 at level 9 in 34."""

_FRAME = b"\x28\xb5\x2f\xfd"
"""What a packed text begins with, and no text does: the second byte cannot follow the first in UTF-8."""

_BATCH = 1_000
"""Papers that are unpacked at once: their texts lie in memory several times meanwhile."""

_PACKED = 5_000
"""Papers that are packed at once, of which each thread reads the dictionary anew."""

THREADS = 2

STORED = pa.large_binary()


class Packing:
    """Packs texts by a dictionary, and unpacks them.

    Parameters
    ----------
    dictionary : bytes
        As `learn` gives it.

    Notes
    -----
    Zstandard, RFC 8878, with a trained dictionary (its section 5). A text that becomes no shorter stays as it is; the two are told
    apart by their first bytes.

    Examples
    --------
    >>> packing = Packing.learn([f"We prove the theorem on groups of order {n}, and count them." for n in range(3000)])
    >>> frame = packing.pack("We prove the theorem on groups of order 7, and count them.")
    >>> len(frame) < 30, packing.unpack(frame).decode()[-15:]
    (True, 'and count them.')
    """

    def __init__(self, dictionary: bytes) -> None:
        import zstandard

        self.dictionary = dictionary
        self._words = zstandard.ZstdCompressionDict(dictionary)
        # What packs and unpacks is one thread's.
        self._own = threading.local()

    @classmethod
    def learn(cls, texts: Sequence[str]) -> Packing | None:
        """Learn a dictionary from texts; None where they have nothing in common, or are too few."""
        import zstandard

        samples: list[Any] = [text.encode() for text in texts if text]
        size = min(_DICTIONARY, sum(map(len, samples)) // 20)
        try:
            return cls(zstandard.train_dictionary(size, samples).as_bytes())
        except (zstandard.ZstdError, ValueError):
            return None

    def pack(self, text: str) -> bytes:
        """A text as it is kept."""
        return self.pack_all([text])[0]

    def pack_all(self, texts: Sequence[str], threads: int = 1) -> list[bytes]:
        """Some texts as they are kept, packed by so many threads."""
        import zstandard

        if not hasattr(self._own, "packs"):
            self._own.packs = zstandard.ZstdCompressor(
                level=_LEVEL, dict_data=self._words, write_checksum=False, write_dict_id=False
            )
        plain = [text.encode() for text in texts]
        # An empty text stays as it is; and of texts that threads pack, empty ones at the end are not given back.
        full = [one for one in plain if one]
        # Only zstandard's module in C has it.
        if threads > 1 and len(full) > threads and hasattr(self._own.packs, "multi_compress_to_buffer"):
            frames = [frame.tobytes() for frame in self._own.packs.multi_compress_to_buffer(full, threads=threads)]
        else:
            frames = [self._own.packs.compress(one) for one in full]
        kept = (frame if len(frame) < len(one) else one for frame, one in zip(frames, full, strict=True))
        return [next(kept) if one else one for one in plain]

    def unpack(self, kept: bytes) -> bytes:
        """A text in UTF-8, of what is kept of it.

        Raises
        ------
        CorpusError
            It is damaged.
        """
        if not kept.startswith(_FRAME):
            return kept
        import zstandard

        if not hasattr(self._own, "unpacks"):
            self._own.unpacks = zstandard.ZstdDecompressor(dict_data=self._words).decompress
        try:
            text: bytes = self._own.unpacks(kept)
        except zstandard.ZstdError as error:
            raise CorpusError(f"An abstract of this corpus is damaged ({error}). Build the corpus again.") from error
        return text


def learn_packing(table: pa.Table) -> Packing | None:
    """Learn how to pack the abstracts of a table, from some of them at even distances; None where there are few."""
    if table.num_rows < LEAST:
        return None
    rows = np.arange(0, table.num_rows, -(-table.num_rows // _SAMPLED))
    column = table.column(PACKED)
    return Packing.learn([column[row].as_py() or "" for row in rows.tolist()])


def packed(table: pa.Table, packing: Packing, threads: int = THREADS) -> pa.Table:
    """A table with its abstracts packed by so many threads, as it is written."""
    column, pieces = table.column(PACKED), []
    for start in range(0, len(column), _PACKED):
        texts = column.slice(start, _PACKED).to_pylist()
        frames = iter(packing.pack_all([text for text in texts if text is not None], threads))
        pieces.append(pa.array([None if text is None else next(frames) for text in texts], STORED))
    return table.set_column(table.column_names.index(PACKED), PACKED, pa.chunked_array(pieces, STORED))


class PackedTexts:
    """A column of packed texts, of which those asked for are unpacked.

    Parameters
    ----------
    stored : pyarrow.ChunkedArray of large_binary
    packing : Packing
    """

    def __init__(self, stored: pa.ChunkedArray, packing: Packing) -> None:
        self._stored, self._packing = stored, packing

    def __len__(self) -> int:
        return len(self._stored)

    def __getitem__(self, row: int) -> pa.Scalar:
        kept = self._stored[row].as_py()
        return _texts([None if kept is None else self._packing.unpack(kept)])[0]

    @property
    def null_count(self) -> int:
        """Papers without a text."""
        return int(self._stored.null_count)

    def slice(self, first: int, length: int | None = None) -> PackedTexts:
        """Some of them, packed as they are."""
        return PackedTexts(self._stored.slice(first, length), self._packing)

    def to_pylist(self) -> list[str | None]:
        """All of them as Python has them."""
        texts: list[str | None] = self.whole.to_pylist()
        return texts

    @property
    def whole(self) -> pa.ChunkedArray:
        """All of them, unpacked."""
        pieces = [self._unpacked(self._stored.slice(start, _BATCH)) for start in range(0, len(self._stored), _BATCH)]
        return pa.chunked_array(pieces, TEXT)

    def _unpacked(self, stored: pa.ChunkedArray) -> pa.Array:
        unpack = self._packing.unpack
        return _texts([None if kept is None else unpack(kept) for kept in stored.to_pylist()])


def _texts(values: list[bytes | None]) -> pa.Array:
    """Texts of their bytes. `pyarrow.array` and `pyarrow.scalar` import pandas, for which a page that shows an abstract does not wait."""
    ends = np.zeros(len(values) + 1, np.int64)
    ends[1:] = np.cumsum([len(value or b"") for value in values])
    missing = np.array([value is None for value in values], bool)
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    data = pa.py_buffer(b"".join(value or b"" for value in values))
    return pa.Array.from_buffers(TEXT, len(values), [valid, pa.py_buffer(ends), data])


class PaperTable:
    """The papers of a generation, mapped into memory; what is packed of them is unpacked for those that are asked for.

    It answers what a `pyarrow.Table` does. A column of abstracts is `PackedTexts`; rows that are taken are a plain table.

    Parameters
    ----------
    stored : pyarrow.Table
        As the files have it, abstracts as `large_binary` where some are packed.
    packing : Packing or None
        None where nothing is packed.
    """

    def __init__(self, stored: pa.Table, packing: Packing | None) -> None:
        self._stored, self._packing = stored, packing

    def __len__(self) -> int:
        return int(self._stored.num_rows)

    @property
    def num_rows(self) -> int:
        """Number of papers."""
        return len(self)

    @property
    def column_names(self) -> list[str]:
        """Names of the columns, in their order."""
        names: list[str] = self._stored.column_names
        return names

    @cached_property
    def schema(self) -> pa.Schema:
        """Names and types of the columns as they are read."""
        schema = self._stored.schema
        if self._packing is None or PACKED not in schema.names:
            return schema
        return schema.set(schema.names.index(PACKED), pa.field(PACKED, TEXT))

    def column(self, name: str) -> Any:
        """One column: a `pyarrow.ChunkedArray`, or `PackedTexts`."""
        column = self._stored.column(name)
        return column if name != PACKED or self._packing is None else PackedTexts(column, self._packing)

    def select(self, names: Sequence[str]) -> Any:
        """Some of the columns: a `pyarrow.Table` where none of them is packed, or a `PaperTable`."""
        some = self._stored.select(names)
        return some if self._packing is None or PACKED not in names else PaperTable(some, self._packing)

    def between(self, first: int, stop: int) -> PaperTable:
        """The papers of some rows, none of which is unpacked yet."""
        return PaperTable(self._stored.slice(first, stop - first), self._packing)

    def slice(self, first: int, length: int | None = None) -> pa.Table:
        """The papers from a row on, as a plain table."""
        return self._plain(self._stored.slice(first, length))

    def filter(self, mask: pa.Array | pa.ChunkedArray) -> pa.Table:
        """The papers of which a mask is true, as a plain table."""
        return self._plain(self._stored.filter(mask))

    def take(self, rows: pa.Array) -> pa.Table:
        """The papers of some rows, in their order, as a plain table."""
        wanted = rows.cast(pa.int64())
        # Not by `to_numpy`, which imports pandas.
        numbers = np.frombuffer(wanted.buffers()[1], np.int64)[wanted.offset : wanted.offset + len(wanted)]
        return self._plain(gathered(self._stored, numbers))

    def to_batches(self, max_chunksize: int | None = None) -> Iterator[pa.RecordBatch]:
        """All papers, batch by batch, each unpacked when it is its turn."""
        for batch in self._stored.to_batches(max_chunksize):
            yield from self._plain(pa.Table.from_batches([batch])).to_batches()

    @cached_property
    def whole(self) -> pa.Table:
        """All papers as a plain table; abstracts that are packed lie in memory from then on, for who asks once asks again."""
        return self._plain(self._stored)

    def _plain(self, stored: pa.Table) -> pa.Table:
        if self._packing is None or PACKED not in stored.column_names:
            return stored
        texts = PackedTexts(stored.column(PACKED), self._packing).whole
        return stored.set_column(stored.column_names.index(PACKED), PACKED, texts)


def stored_alike(part: pa.Table) -> pa.Table:
    """A file of papers as `PaperTable` has it where other files are packed: its texts as bytes, without a copy."""
    column = part.column(PACKED)
    if column.type == STORED:
        return part
    return part.set_column(part.column_names.index(PACKED), PACKED, pc.cast(column, STORED))


ROWS = 1000
"""Papers a batch: some megabytes of Python values."""

Read = Callable[[int, int, Sequence[str]], pa.Table]
"""Called with the first row, the one after the last, and names of columns; gives that part of the table."""


class PaperBatches:
    """A conforming paper table, batch by batch, as often as asked.

    Parameters
    ----------
    names : sequence of str
        Columns, those of the schema first.
    num_rows : int
        Papers.
    read : callable
        Gives some rows of some columns.
    """

    def __init__(self, names: Sequence[str], num_rows: int, read: Read) -> None:
        self.num_rows = num_rows
        self._read = read
        # What a column beyond the schema is written as depends on all of its values; such columns are short, and held whole.
        self._held: Mapping[str, pa.ChunkedArray] = {
            name: as_named(name, self._column(name))
            for name in names[len(FIELDS) :]
            if needs_whole_column(name, read(0, 0, [name]).schema.field(name).type)
        }
        self.column_names = list(names)
        self.schema = self._batch(0, 0, self.column_names).schema

    @classmethod
    def of(cls, papers: pd.DataFrame | pa.Table | PaperBatches) -> PaperBatches:
        """The batches of a paper table. Raises `SchemaError` as `explorer.papers.schema.to_table` does."""
        if isinstance(papers, PaperBatches):
            return papers
        table = to_table(papers)
        return cls(
            table.column_names, table.num_rows, lambda start, stop, names: table.select(names).slice(start, stop - start)
        )

    def __iter__(self) -> Iterator[pa.Table]:
        return self.select(self.column_names)

    def select(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Batches of some of the columns, in the order of the table."""
        wanted = [name for name in self.column_names if name in set(names)]
        for start in range(0, self.num_rows, ROWS):
            yield self._batch(start, min(start + ROWS, self.num_rows), wanted)

    def column(self, name: str, start: int, stop: int) -> pa.ChunkedArray:
        """Some rows of one column."""
        return self._batch(start, stop, [name]).column(name)

    def given(self, name: str) -> bool:
        """Whether any paper has a value in a column."""
        return any(part.column(0).null_count < part.num_rows for part in self.select([name]))

    def _column(self, name: str) -> pa.ChunkedArray:
        return self._read(0, self.num_rows, [name]).column(name)

    def _batch(self, start: int, stop: int, names: Sequence[str]) -> pa.Table:
        found = self._read(start, stop, [name for name in names if name not in self._held])
        columns = {
            name: self._held[name].slice(start, stop - start)
            if name in self._held
            else found.column(name)
            if name in FIELDS
            else as_named(name, found.column(name))
            for name in names
        }
        return pa.table(columns)


def content_hash(table: pa.Table) -> str:
    """SHA-256 over names, types and values of a table, as 16 hexadecimal digits; the chunks it is in do not matter."""
    return hash_in_parts(
        table.column_names, table.num_rows, lambda start, stop, names: table.select(names).slice(start, stop - start)
    )


def hash_in_parts(names: Sequence[str], num_rows: int, read: Read) -> str:
    """What `content_hash` gives of a table that is read part by part; of text 4,096 values are held at a time, of other columns 65,536.

    Parameters
    ----------
    names : sequence of str
        Columns.
    num_rows : int
    read : callable
        Gives some rows of some columns; it is asked twice for text.
    """
    digest = hashlib.sha256()
    for name in names:
        kind = read(0, 0, [name]).schema.field(name).type
        digest.update(f"{name}\0{kind}\0".encode())
        for start in range(0, num_rows, _HASHED):
            stop = min(start + _HASHED, num_rows)
            if pa.types.is_large_string(kind):
                _hash_text(digest, name, lambda start=start, stop=stop, name=name: _pieces(name, start, stop, read))  # type: ignore[misc]
            else:
                _hash_stream(_Digested(digest), name, pa.concat_arrays(list(_pieces(name, start, stop, read))))
    return digest.hexdigest()[:16]


_HASHED = 65_536


def _pieces(name: str, start: int, stop: int, read: Read) -> Iterator[pa.Array]:
    for first in range(start, stop, _HASHED // 16):
        last = min(first + _HASHED // 16, stop)
        piece = read(first, last, [name]).column(name)
        values = pa.concat_arrays(piece.chunks) if piece.num_chunks != 1 else piece.chunk(0)
        # What lies in memory under a null is anything.
        yield values.take(pa.array(np.arange(len(values)))) if values.null_count else values


def _hash_stream(sink: _Digested, name: str, values: pa.Array) -> None:
    whole = pa.table({name: values})
    with pa.PythonFile(sink, "w") as file, pa.ipc.new_stream(file, whole.schema) as writer:
        writer.write_table(whole)


def _hash_text(digest: Any, name: str, pieces: Callable[[], Iterator[pa.Array]]) -> None:
    """Hash what `_hash_stream` would of the pieces joined.

    Abstracts are long, so they are not joined: an array that has their places, but empty pages where they would be, is written, and
    where its text would be hashed theirs is, piece by piece.
    """
    lengths, nulls = [np.zeros(1, np.int64)], [np.zeros(0, bool)]
    for piece in pieces():
        lengths.append(np.diff(_places(piece)))
        nulls.append(piece.is_null().to_numpy(zero_copy_only=False))
    missing, places = np.concatenate(nulls), np.concatenate(lengths).cumsum()
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
    # Pages that nobody reads take no memory.
    empty = pa.py_buffer(mmap.mmap(-1, int(places[-1])) if places[-1] else b"")
    array = pa.Array.from_buffers(pa.large_string(), len(missing), [valid, pa.py_buffer(places), empty])
    sink = _Digested(digest, empty if empty.size else None, lambda: map(_text_of, pieces()))
    _hash_stream(sink, name, array)
    if empty.size and not sink.replaced:
        raise AssertionError("This version of pyarrow does not write the text of a column in one piece.")


def _places(text: pa.Array) -> np.ndarray:
    return np.frombuffer(text.buffers()[1], np.int64)[text.offset : text.offset + len(text) + 1]


def _text_of(text: pa.Array) -> memoryview:
    _, _, values = text.buffers()
    places = _places(text)
    return memoryview(values)[places[0] : places[-1]] if values is not None else memoryview(b"")


class _Digested(io.RawIOBase):
    """A file whose bytes go into a hash; instead of those of one buffer, others.

    Parameters
    ----------
    digest : hash
    buffer : pyarrow.Buffer, optional
    instead : callable, optional
        Gives the bytes that are hashed for it.

    Attributes
    ----------
    replaced : bool
        The buffer was written.
    """

    def __init__(
        self, digest: Any, buffer: pa.Buffer | None = None, instead: Callable[[], Iterable[memoryview]] = lambda: ()
    ) -> None:
        self._digest, self._buffer, self._instead = digest, buffer, instead
        self.replaced = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = len(data)
        if self._buffer is not None and size == self._buffer.size and pa.py_buffer(data).address == self._buffer.address:
            for part in self._instead():
                self._digest.update(part)
            self.replaced = True
        else:
            self._digest.update(data)
        return size
