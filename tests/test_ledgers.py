"""The ledger stays with the corpus: every record that came in is accounted for, whatever was done to the corpus since."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from earlier import unlist
from hypothesis import given, settings
from hypothesis import strategies as st
from two_files import TABLE, build, write_files

from explorer import Corpus, CorpusError, import_papers, open_corpus
from explorer.cli.main import main
from explorer.corpus.opening import open_files
from explorer.dashboard.intake.review import SHOWN, account
from explorer.dashboard.widget import Dashboard
from explorer.papers.ledger import Entry, Ledger
from explorer.sources.formats.registry import Import, read_files
from explorer.store.ledgers import account_path, load_accounts, part_of, save_part

# A date that is none, and a quotation mark that is never closed.
TRAPS = TABLE + ('b3,A grammar of whale song,Bo Kim,someday,,,\nb4,"Moss in the dark,Cy Young,2018,,,\n')


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path, TRAPS)


@pytest.fixture
def folder(files: tuple[Path, Path], tmp_path: Path) -> Path:
    return build(files, tmp_path / "c")


def accounted(corpus: Corpus) -> Ledger:
    """The ledger, after all that must hold of it for a corpus without papers of unknown origin."""
    ledger = corpus.ledger
    ledger.check(len(corpus))
    noted = Counter(note.action for note in ledger.notes)
    assert (noted["rejected"], noted["merged"]) == (ledger.rejected, ledger.merged)
    assert corpus.snapshot.accounts.sentence(len(corpus)) == ledger.sentence()
    ids = set(corpus.table.column("id").to_pylist())
    assert {note.after for note in ledger.notes if note.action == "merged"} <= ids
    return ledger


def test_what_came_in_vain_stays_in_the_ledger_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    day = Ledger()
    day.empty("Hugging Face", "no paper is listed for 2026-06-14")
    none = Import(read_files(tmp_path / "b.csv").table.slice(0, 0), day)
    monkeypatch.setattr(
        "explorer.sources.services.registry.question", lambda *given, **lists: (lambda say, stop: none, "Hugging Face")
    )
    (tmp_path / "broken.ris").write_text("no record\n")
    before = open_corpus(folder)
    assert main(["update", str(folder), str(tmp_path / "broken.ris")]) == 0
    assert main(["sources", str(folder), "--add", "hf", "--daily"]) == 0
    # A day is asked for again as long as it goes on.
    for command in (
        ["update", str(folder)],
        ["update", str(folder)],
        ["fetch", "hf", "--daily", "2026-06-14", "-o", str(folder)],
    ):
        assert main(command) == 0
    assert main(["update", str(folder), str(tmp_path / "broken.ris")]) == 0
    after = open_corpus(folder)
    ledger = accounted(after)
    new = ledger.notes[len(before.ledger.notes) :]
    assert [(note.source, note.action) for note in new] == [("broken.ris", "rejected"), ("Hugging Face", "empty")]
    assert ledger.sentence().endswith("1 source held none.")
    assert after.manifest["content_hash"] == before.manifest["content_hash"]
    # What can be taken back is still the change before.
    with pytest.raises(CorpusError, match="Nothing was changed"):
        after.undo()
    capsys.readouterr()


def test_a_source_without_a_record_is_told_once(folder: Path, tmp_path: Path) -> None:
    first = open_corpus(folder)
    larger = first.add(import_papers(pd.DataFrame({"title": ["Tides"]})))
    day = Ledger()
    day.empty("Hugging Face", "no paper is listed for 2026-06-14")
    later = larger.add(Import(larger.table.slice(0, 0), day))
    assert later.snapshot.generation != larger.snapshot.generation and len(later) == len(larger) == len(first) + 1
    # Nor is it told twice where a paper comes with it.
    once = later.add(Import(import_papers(pd.DataFrame({"title": ["Moss"]})).table, replace(day, read=1, accepted=1)))
    assert [note.action for note in accounted(once).notes].count("empty") == 1
    assert once.undo().table.equals(later.table) and later.snapshot.generation.exists()


def test_what_came_in_vain_is_not_what_is_taken_back(folder: Path) -> None:
    first = open_corpus(folder)
    larger = first.add(import_papers(pd.DataFrame({"title": ["Tides"]})))
    day = Ledger()
    day.empty("Hugging Face", "no paper is listed for 2026-06-14")
    later = larger.add(Import(larger.table.slice(0, 0), day))
    assert later.snapshot.generation != larger.snapshot.generation
    assert later.undo().table.equals(first.table)


def test_a_corpus_keeps_what_its_import_said(files: tuple[Path, Path], folder: Path) -> None:
    said = import_papers(*files).ledger
    for corpus in (open_corpus(folder), open_files(files), open_files(files)):
        ledger = accounted(corpus)
        assert (ledger.read, ledger.accepted, ledger.rejected, ledger.merged) == (7, 5, 1, 1)
        assert ledger.notes == said.notes
        assert ledger.sentence() == said.sentence()
        assert ledger.entries.equals(said.entries)
        assert {note.record for note in ledger.notes if note.source == "b.csv" and note.action == "repaired"} >= {4}


def test_papers_of_no_import_are_records_that_were_accepted(tmp_path: Path) -> None:
    corpus = Corpus.from_papers(pa.table({"title": ["a fen", "a moor"]}), tmp_path / "c")
    assert accounted(corpus).sentence() == "2 records read: 2 accepted."
    larger = corpus.add(pa.table({"title": ["a fen", "a bog"], "doi": ["10.1000/a1", None]}))
    assert accounted(larger).read == 4
    assert len(open_corpus(tmp_path / "c").snapshot.accounts.parts) == 2


def test_what_is_added_split_and_refitted_stays_accounted_for(files: tuple[Path, Path], tmp_path: Path) -> None:
    first = import_papers(files[0])
    corpus = Corpus.from_papers(first.table, tmp_path / "c", ledger=first.ledger)
    larger = corpus.add(read_files(files[1]))
    ledger = accounted(larger)
    assert (ledger.read, ledger.accepted, ledger.rejected, ledger.merged) == (7, 5, 1, 1)
    [merge] = [note for note in ledger.notes if note.action == "merged"]
    assert (merge.source, merge.record) == ("b.csv", 2)
    assert list(larger.merges["records"][0])[1:] == ["b.csv, record 2"]
    # A file that brings nothing new leaves no trace, one that brings some leaves all of its records.
    assert larger.add(read_files(files[1])).ledger.read == 7
    (tmp_path / "b.csv").write_text(TRAPS.replace("b4,", "b5,Eels at night,Di Roe,2017,,,\nb4,"))
    again = larger.add(read_files(files[1]))
    ledger = accounted(again)
    # The rejected row and the four papers that were there already came once more.
    assert (ledger.read, ledger.accepted, ledger.rejected, ledger.merged) == (7 + 6, 5 + 1, 1 + 1, 1 + 4)
    refitted = again.refit()
    decided = refitted.decide(refitted.rules.never_merge("x", "y"))
    assert accounted(refitted).notes == accounted(decided).notes == ledger.notes
    apart = decided.split(merge.after)
    after = accounted(apart)
    assert (after.read, after.accepted, after.merged) == (ledger.read, ledger.accepted + 1, ledger.merged - 1)
    left = list(ledger.notes)
    left.remove(merge)
    assert after.notes == left
    assert accounted(open_corpus(tmp_path / "c")).notes == left


def test_only_what_changes_is_written(files: tuple[Path, Path], folder: Path) -> None:
    def inode(corpus: Corpus, number: int) -> int:
        return account_path(corpus.folder / corpus.manifest["generation"], number).stat().st_ino

    corpus = open_corpus(folder)
    first = inode(corpus, 0)
    larger = corpus.add(pa.table({"title": ["a bog"]}))
    second = inode(larger, 1)
    refitted = larger.refit()
    assert (inode(larger.refit(), 0), inode(refitted.refit(), 1)) == (first, second)
    apart = open_corpus(folder).split(corpus.merges["paper"][0])
    assert inode(apart, 0) != first
    assert inode(apart, 1) == second


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done(seed: int, tmp_path: Path) -> None:
    """Random tables of few works, added and split: the rows given are those read, the papers those accepted."""
    choose = random.Random(seed)

    def came(count: int) -> pa.Table:
        works = [choose.randrange(6) for _ in range(count)]
        rows = [
            {"id": f"k{choose.randrange(9)}-{row}" if choose.random() < 0.5 else f"k{work}", "work": work}
            for row, work in enumerate(works)
        ]
        ids = [row["id"] for row in rows]
        rows = [row for place, row in enumerate(rows) if row["id"] not in ids[:place]]
        return pa.Table.from_pylist(
            [
                {"id": row["id"], "title": f"Work {'abcdef'[row['work']] * 9} of many", "doi": f"10.1000/{row['work']}", "abstract": choose.choice(["", "short", "a longer one"])}
                for row in rows
            ]
        )  # fmt: skip

    first = came(3)
    corpus, read = Corpus.from_papers(first, tmp_path / "c"), first.num_rows
    for _ in range(6):
        ledger = accounted(corpus)
        assert ledger.read == read
        if len(corpus.merges) and choose.random() < 0.4:
            corpus = corpus.split(choose.choice(corpus.merges["paper"].tolist()))
        else:
            table = came(choose.randint(1, 4))
            before = corpus.manifest["generation"]
            corpus = corpus.add(table, keep_duplicates=choose.random() < 0.3)
            read += table.num_rows if corpus.manifest["generation"] != before else 0
    assert accounted(corpus).read == read


def test_a_corpus_of_an_earlier_version_says_that_it_has_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = open_corpus(folder)
    account_path(folder / corpus.manifest["generation"], 0).unlink()
    unlist(folder)
    assert corpus.ledger.rejected == 1, "who has it open goes on seeing it"
    old = open_corpus(folder)
    with pytest.raises(CorpusError, match="an earlier version made it"):
        _ = old.ledger
    assert account(old.snapshot.accounts) == {"counts": dict.fromkeys(SHOWN, 0), "entries": []}
    assert Dashboard(old).summary["ledger"] == {
        "sentence": "An earlier version made this corpus, and kept no ledger.",
        "notes": 0,
    }
    capsys.readouterr()
    assert main(["ledger", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "An earlier version made this corpus, and kept no ledger.\n")
    larger = old.add(pa.table({"title": ["a bog", "a fen"]}))
    assert larger.ledger.read == 2
    assert larger.snapshot.accounts.sentence(len(larger)) == "2 records read: 2 accepted. Of 5 more papers no ledger was kept."
    assert larger.split(larger.merges["paper"][0]).ledger.read == 2


@pytest.mark.parametrize("data", [b"", b"ARROW1", b"nothing of the kind"])
def test_a_damaged_ledger_is_named(data: bytes, folder: Path) -> None:
    path = account_path(folder / open_corpus(folder).manifest["generation"], 0)
    path.unlink()
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=r"ledger\.0\.arrow has \d+ bytes instead of"):
        open_corpus(folder)


def test_a_ledger_of_other_papers_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    found = import_papers(*files)
    with pytest.raises(CorpusError, match="accounts for 5 papers, but there are 2"):
        Corpus.from_papers(found.table.slice(0, 2), tmp_path / "c", ledger=found.ledger)
    assert not (tmp_path / "c").exists()


def test_the_same_papers_from_other_records_are_another_corpus(files: tuple[Path, Path]) -> None:
    found = import_papers(*files)
    plain = Corpus.from_papers(found.table)
    kept = Corpus.from_papers(found.table, ledger=found.ledger)
    assert kept.ledger.read == 7
    assert plain.ledger.read == 5
    assert Corpus.from_papers(found.table, ledger=found.ledger).folder == kept.folder


_texts = st.text(st.characters(), max_size=20)
_notes = st.builds(
    Entry,
    source=st.sampled_from(["a.bib", "naïve.ris"]),
    line=st.none() | st.integers(0, 2**40),
    record=st.integers(1, 4) | st.integers(0, 2**40),
    action=st.sampled_from(["repaired", "rejected", "merged"]),
    field=_texts,
    before=_texts,
    after=_texts,
    reason=_texts,
)


@settings(deadline=None)
@given(notes=st.lists(st.lists(_notes, max_size=8), max_size=3))
def test_notes_come_back_as_they_were(notes: list[list[Entry]], tmp_path_factory: pytest.TempPathFactory) -> None:
    generation = tmp_path_factory.mktemp("g")
    whole = Ledger()
    for number, some in enumerate(notes):
        actions = Counter(note.action for note in some)
        part = Ledger(10 + len(some), 10 + actions["repaired"], actions["rejected"], actions["merged"], some)
        whole.add(part)
        save_part(load_accounts(generation).then(part), account_path(generation, number))
    found = load_accounts(generation)

    def kept(text: Any) -> Any:
        # Halves of surrogate pairs cannot be kept.
        return text.encode(errors="replace").decode() if isinstance(text, str) else text

    assert found.ledger().notes == [Entry(*map(kept, note)) for note in whole.notes]
    assert found.counts == found.ledger().counts() == whole.counts()
    shown = account(found)
    assert shown["counts"] == {kind: sum(note.action == kind for note in whole.notes) for kind in SHOWN}
    assert len(shown["entries"]) == len(whole.notes)


def test_the_page_gets_the_first_of_many(tmp_path: Path) -> None:
    ledger = Ledger()
    ledger.accept(300)
    for number in range(1, 301):
        ledger.repair("f", number, "year", "x" * 300, "", "why")
        ledger.reject("f", 300 + number, f"reason {number}", line=number)
    save_part(part_of(ledger), account_path(tmp_path, 0))
    found = account(load_accounts(tmp_path))
    assert found["counts"] == {"rejected": 300, "merged": 0, "likely": 0, "repaired": 300, "empty": 0}
    rejected = found["entries"][: SHOWN["rejected"]]
    assert [note["line"] for note in rejected] == list(range(1, SHOWN["rejected"] + 1))
    repaired = found["entries"][SHOWN["rejected"] :]
    assert [(note["record"], len(note["before"])) for note in repaired] == [(n + 1, 200) for n in range(SHOWN["repaired"])]


@pytest.mark.parametrize("read_only", ["", "1"])
def test_the_page_shows_and_saves_it(read_only: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if read_only:
        monkeypatch.setenv("LITEXPLORER_READ_ONLY", read_only)
    board = Dashboard(open_corpus(folder))
    said = open_corpus(folder).ledger
    assert board.summary["ledger"] == {"sentence": said.sentence(), "notes": len(said.notes)}
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: sent.append((content, buffers or [])))
    board._received(board, {"kind": "ledger", "seq": 1}, None)
    [(answer, _)] = sent
    assert answer["kind"] == "ledger"
    assert answer["counts"] == {kind: sum(note.action == kind for note in said.notes) for kind in SHOWN}
    assert [entry["reason"] for entry in answer["entries"] if entry["action"] == "rejected"] == [
        note.reason for note in said.notes if note.action == "rejected"
    ]
    sent.clear()
    board._received(board, {"kind": "intake_ledger", "of": "corpus", "seq": 2}, None)
    rows = list(csv.reader(io.StringIO(b"".join(bytes(data) for _, [data] in sent).decode("utf-8-sig"), newline="")))
    assert rows[0] == list(Entry._fields)
    assert [row[3] for row in rows[1:]] == [note.action for note in said.notes]
    assert board.status["text"] == "Saved ledger.csv."
    # That of an import is another one, and nothing came in.
    board._received(board, {"kind": "intake_ledger", "seq": 3}, None)
    assert board.status["level"] == "error"


def test_the_command_says_and_writes_it(
    folder: Path, files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = open_corpus(folder).ledger
    capsys.readouterr()
    assert main(["ledger", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert err.splitlines() == [said.sentence()]
    assert len(out.splitlines()) == len(said.notes)
    assert any(line.startswith("b.csv, line 2\trejected\t") for line in out.splitlines())
    assert main(["ledger", str(folder), "-o", str(tmp_path / "l.csv")]) == 0
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source"], row["action"], row["line"]) for row in rows] == [
        (note.source, note.action, "" if note.line is None else str(note.line)) for note in said.notes
    ]
    # A file of papers has one too.
    assert main(["ledger", str(files[0])]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "2 records read: 2 accepted."


@pytest.mark.slow
def test_real_files_with_traps(shared_data: Path, tmp_path: Path) -> None:
    """All at once, then one half after the other: the same records are read, rejected and repaired, whatever is merged when."""
    paths = sorted((shared_data / "bibliography" / "biblio_files").iterdir())
    found = import_papers(*paths)
    assert found.ledger.rejected
    assert found.ledger.repaired
    whole = accounted(Corpus.from_papers(found.table, tmp_path / "a", n_topics=3, merges=found.merges, ledger=found.ledger))
    assert whole.notes == found.ledger.notes
    first = import_papers(*paths[::2])
    corpus = Corpus.from_papers(first.table, tmp_path / "b", n_topics=3, merges=first.merges, ledger=first.ledger)
    larger = corpus.add(read_files(*paths[1::2]))
    parts = accounted(larger)
    assert (parts.read, parts.rejected) == (whole.read, whole.rejected)

    def of_files(ledger: Ledger) -> Counter[Entry]:
        # What was found while reading; merges, pairs to decide, and ids that stand on another paper, depend on what is there by then.
        return Counter(note for note in ledger.notes if note.action not in ("merged", "likely") and note.field != "id")

    assert of_files(parts) == of_files(whole)
    merged = Counter(note.after for note in parts.notes if note.action == "merged")
    for paper in list(larger.merges["paper"][:3]):
        before = larger.ledger
        split = larger.split(paper)
        assert accounted(split).merged == before.merged - (len(split) - len(larger)) < before.merged
        assert merged[paper] >= len(split) - len(larger)
        larger = split
