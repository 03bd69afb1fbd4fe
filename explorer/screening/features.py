"""What a screening model knows of every record: words, phrases and what they mean, as sparse and dense rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer


@dataclass(frozen=True)
class RecordFeatures:
    """Features of the records of a screening, made once; a screening of 50,000 records takes some seconds to make them."""

    terms: sparse.csr_matrix
    """TF-IDF of words and phrases, float32, one row a record."""
    names: NDArray[np.object_]
    """The word or phrase of each column."""

    def __len__(self) -> int:
        rows: int = self.terms.shape[0]
        return rows


def record_features(titles: Sequence[str | None], abstracts: Sequence[str | None]) -> RecordFeatures:
    """Make the features of records, given as parallel titles and abstracts; either may be missing."""
    texts = [f"{title or ''} {abstract or ''}" for title, abstract in zip(titles, abstracts, strict=True)]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95, dtype=np.float32)
    terms = vectorizer.fit_transform(texts)
    return RecordFeatures(terms.tocsr(), vectorizer.get_feature_names_out())
