"""Pre-trained embedders, each an extra: model2vec, sentence-transformers, wordllama.

They stand behind `explorer.ranking.vectors.Embedder` and take the place of the corpus-fitted LSA where one is given to
`Corpus.search`.  None of them asks the network: a model comes from a folder, or from the package itself.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from explorer.disk import written_whole
from explorer.errors import EmbedderError
from explorer.ranking.vectors import Embedder, QueryEncoder

Floats = NDArray[np.float32]
_BLOCK = 4096


class _Pretrained:
    """A model that `fit` leaves as it is.

    Attributes
    ----------
    key : str
        Names the model and its weights, so that vectors made with it are kept beside the corpus.
    """

    key: str
    _encode: Callable[[list[str]], Any]

    def fit(self, texts: Sequence[str]) -> Self:
        """Return the embedder itself."""
        return self

    def transform(self, texts: Sequence[str]) -> Floats:
        """Return float32 unit rows, shape (n_texts, n_dimensions); a text without known words gives zeros."""
        return (
            unit(np.asarray(self._encode([text or " " for text in texts]), np.float32)) if len(texts) else np.zeros((0, 1), "f")
        )


class _FromFolder(_Pretrained):
    """A model in a folder, read by a package that may not be there.

    Parameters
    ----------
    folder : path

    Raises
    ------
    EmbedderError
        The package or the folder is not there, or the folder holds no such model.
    """

    package: str

    def __init__(self, folder: str | PathLike[str]) -> None:
        path = Path(folder)
        if not path.is_dir():
            raise EmbedderError(f"There is no folder {path}. Download the model first, and name the folder it lies in.")
        path = path.resolve()
        self.key = f"{self.package}-{_digest(path)}"
        try:
            self._encode = self._load(str(path))
        except ImportError as error:
            raise _missing(self.package) from error
        except Exception as error:  # whatever the package raises, the reader needs the folder
            raise EmbedderError(f"The folder {path} holds no model of {self.package} ({error}). Choose another.") from error

    @staticmethod
    def _load(folder: str) -> Callable[[list[str]], Any]:
        """Function from texts to vectors."""
        raise NotImplementedError


class Model2Vec(_FromFolder):
    """Static word vectors of model2vec (``pip install literature-explorer[model2vec]``); a folder of `StaticModel.save_pretrained`."""

    package = "model2vec"

    @staticmethod
    def _load(folder: str) -> Callable[[list[str]], Any]:
        from model2vec import StaticModel

        model = StaticModel.from_pretrained(folder)
        return lambda texts: model.encode(texts, use_multiprocessing=False)


class SentenceTransformers(_FromFolder):
    """A transformer (``pip install literature-explorer[sentence-transformers]``); a folder of `SentenceTransformer.save`."""

    package = "sentence-transformers"

    @staticmethod
    def _load(folder: str) -> Callable[[list[str]], Any]:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(folder, local_files_only=True)
        return lambda texts: model.encode(texts, show_progress_bar=False)


class WordLlama(_Pretrained):
    """The word vectors that the wordllama package brings, 256 dimensions (``pip install literature-explorer[wordllama]``).

    Raises
    ------
    EmbedderError
        The package is not there, or a version without its weights.
    """

    def __init__(self) -> None:
        try:
            import wordllama
        except ImportError as error:
            raise _missing("wordllama") from error
        # Weights and tokenizer lie in the package itself; named as its cache, both are found there and nothing is downloaded.
        home = Path(wordllama.__file__).parent
        try:
            model = wordllama.WordLlama.load(cache_dir=home, disable_download=True)
        except (FileNotFoundError, ValueError) as error:
            raise EmbedderError(f"This version of wordllama has no weights of its own ({error}). Install another.") from error
        self.key = f"wordllama-{_digest(home / 'weights')}"
        self._encode = model.embed


def unit(vectors: Floats) -> Floats:
    """Return rows scaled to Euclidean length one; rows of zeros, or with what is no number, as zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    sound = np.isfinite(lengths) & (lengths > 0)
    rows: Floats = np.where(sound, vectors / np.where(sound, lengths, 1), 0).astype(np.float32)
    return rows


def encoder(embedder: Embedder) -> QueryEncoder:
    """Return a function from a query to its unit vector, for a `HybridRanker`."""

    def encode(query: str, weights: Mapping[int, float]) -> Floats:
        vector: Floats = embedder.transform([query])[0]
        return vector

    return encode


def vectors_of(embedder: Embedder, texts: Sequence[str], folder: Path) -> Floats:
    """Fit an embedder on texts and return their vectors; those of an embedder with a `key` are kept in a folder.

    Raises
    ------
    EmbedderError
        It gives another number of rows than it was given texts.
    """
    key = getattr(embedder, "key", None)
    kept = folder / f"vectors-{key}.npy"
    if key and kept.exists():
        found: Floats = np.load(kept, mmap_mode="r")
        return found
    embedder.fit(texts)
    # Block by block, to bound the memory that a model takes.
    blocks = [np.asarray(embedder.transform(texts[start : start + _BLOCK])) for start in range(0, len(texts), _BLOCK)]
    if any(block.ndim != 2 for block in blocks) or sum(len(block) for block in blocks) != len(texts):
        shapes = ", ".join(str(block.shape) for block in blocks[:3])
        raise EmbedderError(f"{type(embedder).__name__} gave {shapes} for {len(texts):,} texts; give one row a text.")
    vectors = unit(np.concatenate(blocks).astype(np.float32) if blocks else np.zeros((0, 1), np.float32))
    if key:
        _keep(vectors, kept)
    return vectors


def _keep(vectors: Floats, path: Path) -> None:
    """Write vectors to a file; where that fails nothing is left, and what is in memory serves."""
    with contextlib.suppress(OSError), written_whole(path) as (file,):
        np.save(file, vectors)


def _missing(package: str) -> EmbedderError:
    return EmbedderError(f"{package} is not installed. Run: pip install 'literature-explorer[{package}]'")


def _digest(folder: Path) -> str:
    """Hash of the names, sizes and beginnings of a model's files, which tells two models apart without reading all of them."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
    return digest.hexdigest()
