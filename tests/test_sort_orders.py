"""Things put into an order, against sorting all of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.store import sort_orders
from explorer.store.sort_orders import by_title, by_title_with, inserted

_text = st.sampled_from(["", "a", "A", "ab", "é", "e\u0301", "zz", "深度", "\uffff", "😀", "b" * 9])
_title = st.none() | _text | st.sampled_from(["(a) b", "“Ab”", "...", "$x$ ray", "İx", "ß", "- a"])


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 2), _text), max_size=25), st.data())
def test_inserted_is_sorting_all(things: list[tuple[int, str]], data: st.DataObject) -> None:
    def keys(some: np.ndarray) -> pa.Table:
        numbers, texts = (
            pa.array([things[i][k] for i in some], kind) for k, kind in enumerate((pa.int64(), pa.large_string()))
        )
        return pa.table({"number": numbers, "text": texts, "row": some})

    late = np.array(data.draw(st.permutations(range(len(things))))[: data.draw(st.integers(0, len(things)))], np.int64)
    whole = sorted(range(len(things)), key=lambda i: (things[i][0], things[i][1].encode(), i))
    order = np.array([i for i in whole if i not in set(late.tolist())], np.int64)
    assert inserted(order, late, keys).tolist() == whole


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(_title, max_size=20), st.lists(_title, max_size=6), st.data())
def test_titles_that_change_or_come(titles: list[str | None], more: list[str | None], data: st.DataObject) -> None:
    replaced = data.draw(st.sets(st.integers(0, len(titles) - 1))) if titles else set()
    after = [data.draw(_title) if row in replaced else title for row, title in enumerate(titles)] + more
    rows = np.array([*sorted(replaced, reverse=True), *range(len(titles), len(after))], np.int64)
    cut = len(titles) // 2
    before = by_title(pa.chunked_array([titles[:cut], titles[cut:]], pa.large_string()))
    whole = pa.chunked_array([after[:cut], after[cut:]], pa.large_string())
    assert by_title_with(before, whole, rows).tolist() == by_title(whole).tolist()


def test_titles_go_by_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sort_orders, "_AT_ONCE", 3)
    titles = pa.chunked_array([["b", None, "“A” is", "a", "B", "(a)", "..."]], pa.large_string())
    # Signs before the first word and capitals do not count, equal ones stay as they stand, none is first.
    assert by_title(titles).tolist() == [1, 6, 3, 5, 2, 0, 4]
