"""Decisions out of files and into them."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import rispy
from test_screening import again, coming, corpus, relevant

import explorer
from explorer import Corpus, Screening
from explorer.errors import ReadError, ScreeningError
from explorer.screening.files import decisions_of, log_from_csv, read_labels

__all__ = ["corpus"]


@pytest.fixture
def review(corpus: Corpus) -> Screening:
    """A review with every kind of decision."""
    made = Screening(corpus, seeds=["r0000"], criteria=["walking"])
    made.label("r0007", "include")
    made.label("r0014", "include")
    made.label("r0001", "exclude", reason="wrong outcome; see “table 2”, über alles")
    made.label("r0002", "maybe")
    made.label("r0007", "exclude", reason="wrong study design", stage=2)
    made.label("r0014", "include", stage=2)
    return made


def in_force(labels: pd.DataFrame) -> set[tuple[str, int, str, str]]:
    return set(labels[["id", "stage", "label", "reason"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("suffix", ["csv", "ris"])
def test_what_is_written_is_read_back_without_loss(review: Screening, corpus: Corpus, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"labels.{suffix}"
    getattr(review, f"to_{suffix}")(path)
    other = Screening(again(corpus), name="other")
    found = other.read_labels(path)
    assert found["id"].notna().all()
    assert in_force(other.labels) == in_force(review.labels)
    assert set(other.labels["how"]) == {path.name}
    # Also where the ids are others, as in another corpus: by DOI or title.
    table = read_labels(path).assign(id=None)
    third = Screening(again(corpus), name="third")
    from explorer.screening.files import matched

    assert matched(third, table)["id"].tolist() == found["id"].tolist()


def test_the_csv_has_a_row_a_record_with_label_and_rank(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    review.to_csv(tmp_path / "labels.csv")
    table = pd.read_csv(tmp_path / "labels.csv", dtype={"label_included": "Int64"}).set_index("id")
    assert len(table) == 70
    assert table.loc[["r0000", "r0007", "r0001"], "label_included"].tolist() == [1, 1, 0]
    assert table.loc["r0002", "label_included"] is pd.NA
    assert table.loc["r0001", "screening_reason"].startswith("wrong outcome")
    assert table.loc["r0007", ["fulltext_label", "fulltext_reason"]].tolist() == ["exclude", "wrong study design"]
    left = table[table["screening_label"].isna()]
    assert sorted(left["screening_rank"]) == list(range(1, 66))
    assert left["screening_rank"].idxmin() == coming(review)


def test_the_ris_has_the_decisions_in_n1(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    review.to_ris(tmp_path / "labels.ris")
    entries = rispy.loads((tmp_path / "labels.ris").read_text(encoding="utf-8-sig"))
    notes = {entry["title"]: entry.get("notes", []) for entry in entries}
    excluded = next(found for title, found in notes.items() if title.endswith(" number 7"))
    assert "Title and abstract: include" in excluded
    assert "Full text: exclude (wrong study design)" in excluded
    assert len(entries) == 70


def test_the_workbook_has_records_labels_log_and_flow(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    review.to_excel(tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx")
    assert book.sheetnames == ["records", "labels", "log", "flow", "review"]
    assert book["records"].max_row == 71
    assert book["log"].max_row == len(review.log) + 1
    assert book["labels"].max_row == len(review.labels) + 1


def test_the_project_is_one_of_asreview(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "review.asreview"
    review.to_asreview(path)
    with zipfile.ZipFile(path) as project:
        assert json.loads(project.read("project.json"))["project_file_version"] == 3
        project.extract("results.db", tmp_path)
    with sqlite3.connect(tmp_path / "results.db") as file:
        labels = dict(file.execute("SELECT title, label FROM results JOIN record USING (record_id)").fetchall())
        assert len(labels) == 4
        assert file.execute("SELECT COUNT(*) FROM record").fetchone() == (70,)
    other = Screening(again(corpus), name="other")
    other.read_labels(path)
    assert in_force(other.labels) == {row for row in in_force(review.labels) if row[1] == 1 and row[2] != "maybe"}
    review.to_asreview(tmp_path / "dataset.csv")
    dataset = pd.read_csv(tmp_path / "dataset.csv")
    assert set(dataset["label_included"].dropna()) == {0, 1}


def test_asreview_opens_the_project(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    asreview = pytest.importorskip(
        "asreview", reason="needs ASReview, which is a peer of the benchmarks and not in the test extra"
    )
    review.to_asreview(tmp_path / "review.asreview")
    project = asreview.Project.load(tmp_path / "review.asreview", tmp_path / "project")
    assert sorted(project.db.get_results_table()["label"]) == [0, 1, 1, 1]
    assert len(project.read_input_data()) == 70


def test_the_log_makes_the_same_review_elsewhere(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    review.undo()
    for _ in range(6):
        shown = coming(review)
        review.label(shown, "include" if relevant(shown) else "exclude")
    review.to_log(tmp_path / "log.csv")
    count = log_from_csv(review.corpus.library.database, tmp_path / "log.csv", "copy")
    copy = Screening(again(corpus), name="copy")
    assert count == len(review.log) == len(copy.log)
    same = ["reviewer", "at", "act", "stage", "id", "label", "reason"]
    pd.testing.assert_frame_equal(copy.log[same], review.log[same])
    assert in_force(copy.labels) == in_force(review.labels)
    assert coming(copy) == coming(review)
    assert copy.replayed().query("asked")["same"].all()
    assert copy.undo() == review.undo()
    with pytest.raises(ScreeningError, match="already"):
        log_from_csv(review.corpus.library.database, tmp_path / "log.csv", "copy")
    (tmp_path / "no.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ReadError, match="no log"):
        log_from_csv(review.corpus.library.database, tmp_path / "no.csv", "no")


RAYYAN = 'RAYYAN-INCLUSION: {"Ann"=>"%s"} | RAYYAN-LABELS: thesis | RAYYAN-EXCLUSION-REASONS: wrong outcome,foreign language'


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ({"label_included": "1"}, ("include", "")),
        ({"label_included": 0}, ("exclude", "")),
        ({"asreview_label": "1.0"}, ("include", "")),
        ({"label_included": "-1"}, None),
        ({"note": "ASReview_relevant"}, ("include", "")),
        ({"note": "other\nASReview_irrelevant"}, ("exclude", "")),
        ({"note": "ASReview_not_seen"}, None),
        ({"notes": RAYYAN % "Included"}, ("include", "")),
        ({"notes": RAYYAN % "Excluded"}, ("exclude", "wrong outcome, foreign language")),
        ({"notes": RAYYAN % "Maybe"}, ("maybe", "")),
        ({"notes": 'RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Excluded"}'}, ("maybe", "")),
        ({"notes": 'RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Bo"=>"Excluded"}'}, ("exclude", "")),
        ({"Notes": "Exclusion reason: Wrong study design;"}, ("exclude", "Wrong study design")),
        ({"keywords": ["mood", "include"]}, ("include", "")),
        ({"keywords": ["Excluded: wrong population"]}, ("exclude", "wrong population")),
        ({"keywords": ["include", "exclude"]}, ("maybe", "")),
        ({"Manual Tags": "sleep; 1_included"}, ("include", "")),
        ({"keywords": ["included studies", "exclusion", "social exclusion"]}, None),
        ({}, None),
    ],
)
def test_decisions_of_other_tools_are_read(paper: dict[str, object], expected: tuple[str, str] | None) -> None:
    found = decisions_of(paper)
    assert [(label, reason) for _, label, reason, _, _ in found] == ([expected] if expected else [])


def test_labels_of_a_file_are_priors_that_a_reviewer_may_change(corpus: Corpus, tmp_path: Path) -> None:
    table = (
        corpus.papers[["title", "abstract"]].assign(label_included=[int(relevant(id_)) for id_ in corpus.papers["id"]]).head(30)
    )
    table.loc[len(table)] = ["A paper of another corpus", "", 1]
    table.to_csv(tmp_path / "labels.csv", index=False)
    review = Screening(corpus)
    found = review.read_labels(tmp_path / "labels.csv")
    assert found["id"].isna().sum() == 1
    assert review.progress() == {"records": 70, "screened": 30, "included": 5, "excluded": 25, "maybe": 0, "left": 40}
    assert relevant(coming(review))
    assert len(review.read_labels(tmp_path / "labels.csv")) == 31
    assert (review.log["act"] == "prior").sum() == 30
    review.label("r0000", "exclude")
    assert review.state.verdict(1, "r0000")[0] == "exclude"
    review.undo()
    assert review.state.verdict(1, "r0000")[0] == "include"


def test_the_real_reviews_are_read(shared_data: Path) -> None:
    path = shared_data / "screening" / "Nagtegaal_2019.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    labels = read_labels(path)
    assert len(labels) == len(explorer.read_papers(path))
    assert set(labels["label"]) == {"include", "exclude"}
