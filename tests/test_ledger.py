"""The ledger's sums."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.papers.ledger import Entry, Ledger

_events = st.lists(st.sampled_from(["accept", "reject", "repair", "merge"]), max_size=30)


@settings(deadline=None)
@given(_events, _events)
def test_what_was_read_is_accepted_rejected_or_merged(first: list[str], second: list[str]) -> None:
    ledgers = []
    for events in (first, second):
        ledger = Ledger()
        for number, event in enumerate(events, start=1):
            if event == "accept":
                ledger.accept()
            elif event == "reject":
                ledger.reject("f", number, "why", line=number, text="x" * 1000)
            elif event == "repair" and ledger.accepted:
                ledger.repair("f", 1, "title", "a", "b", "why")
            elif event == "merge" and ledger.accepted:
                ledger.merge("f", number, "other", "same DOI")
        ledgers.append(ledger)
    papers = sum(ledger.accepted for ledger in ledgers)
    ledgers[0].add(ledgers[1])
    ledgers[0].check(papers)
    assert ledgers[0].rejected == (first + second).count("reject")
    assert len(ledgers[0].entries) == len(ledgers[0].notes)
    assert all(len(note.before) <= 300 for note in ledgers[0].notes)


def test_a_record_that_is_lost_is_found() -> None:
    ledger = Ledger()
    ledger.accept(3)
    with pytest.raises(AssertionError, match="2 papers, but 3 accepted"):
        ledger.check(2)
    ledger.read += 1
    with pytest.raises(AssertionError, match="4 records read"):
        ledger.check(3)


def test_a_record_repaired_twice_counts_once() -> None:
    ledger = Ledger()
    ledger.accept(2)
    ledger.repair("f", 1, "title", "a", "b", "why")
    ledger.repair("f", 1, "year", "a", "", "why")
    ledger.repair("f", 2, "year", "a", "", "why")
    assert ledger.repaired == 2
    assert ledger.sentence() == "2 records read: 2 accepted (2 repaired)."


def test_entries_are_a_table_also_without_any() -> None:
    assert list(Ledger().entries.columns) == list(Entry._fields)
    assert Ledger().sentence() == "0 records read: 0 accepted."
