"""Decisions out of files and into them."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import rispy
from test_screening import again, coming, corpus, papers, relevant

import explorer
from explorer import Corpus, Screening
from explorer.errors import ExportError, ReadError, ScreeningError
from explorer.screening.active_learning import ActiveLearning
from explorer.screening.files import decisions_of, log_from_csv, matched, read_labels
from explorer.screening.labels import reviews
from explorer.screening.record_notes import notes_of
from explorer.screening.review_records import ReviewRecords
from explorer.screening.simulate import read_labels_of

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


@pytest.mark.parametrize("suffix", ["csv", "ris", "xlsx"])
def test_what_is_written_is_read_back_without_loss(review: Screening, corpus: Corpus, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"labels.{suffix}"
    getattr(review, {"xlsx": "to_excel"}.get(suffix, f"to_{suffix}"))(path)
    other = Screening(again(corpus), name="other")
    found = other.read_labels(path)
    assert len(found) == len(review.labels)
    assert found["id"].notna().all()
    assert in_force(other.labels) == in_force(review.labels)
    assert set(other.labels["how"]) == {path.name}
    # Also where the ids are others, as in another corpus: by DOI or title.
    table = read_labels(path).assign(id=None)
    third = Screening(again(corpus), name="third")
    assert matched(third, table)["id"].tolist() == found["id"].tolist()


def test_the_table_of_labels_is_read_back_with_its_stages(review: Screening, corpus: Corpus) -> None:
    other = Screening(again(corpus), name="other")
    found = other.read_labels(review.labels)
    told = ["id", "stage", "label", "reason", "reviewer", "at", "how"]
    assert found[told].values.tolist() == review.labels[told].values.tolist()
    assert in_force(other.labels) == in_force(review.labels)


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


def test_a_workbook_holds_what_a_cell_must_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    table = papers(8).assign(seen=pd.Timestamp("2020-01-02T03:04:05Z"), number=2**60 + 1)
    table["title"] = [
        f"{before} of walking{after}"
        for before, after in [("<r>A title", "</r>"), ("=1+1", ""), ("A\uffff title", "")] + [("T", "")] * 5
    ]
    table.loc[3, "abstract"] = "mood " * 9_000
    review = Screening(Corpus.from_papers(table, tmp_path / "odd", n_topics=2), reviewer="=ann")
    review.label("r0000", "exclude", reason="<r>old\uffff</r>", alike=False)
    review.to_excel(tmp_path / "review.xlsx")
    book = openpyxl.load_workbook(tmp_path / "review.xlsx")
    rows = list(book["records"].values)
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [record["title"] for record in records[:3]] == ["<r>A title of walking</r>", "=1+1 of walking", "A title of walking"]
    assert records[0]["number"] == str(2**60 + 1)
    assert records[0]["seen"].startswith("2020-01-02 03:04:05")
    assert len(records[3]["abstract"]) == 32_767
    assert [(row[3], row[5]) for row in list(book["labels"].values)[1:]] == [("=ann", "<r>old</r>")]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_ris_says_what_asreview_reads(review: Screening, tmp_path: Path) -> None:
    """`asreview.data.ris` looks for these words in N1."""
    review.to_ris(tmp_path / "labels.ris")
    entries = rispy.loads((tmp_path / "labels.ris").read_text(encoding="utf-8-sig"))
    said = {entry["id"]: [note for note in entry.get("notes", []) if note.startswith("ASReview_")] for entry in entries}
    assert {id_: notes for id_, notes in said.items() if notes} == {
        "r0000": ["ASReview_relevant"], "r0007": ["ASReview_relevant"], "r0014": ["ASReview_relevant"], "r0001": ["ASReview_irrelevant"],
    }  # fmt: skip


def test_the_project_is_one_of_asreview(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "review.asreview"
    review.to_asreview(path)
    with zipfile.ZipFile(path) as project:
        assert json.loads(project.read("project.json"))["project_file_version"] == 3
        assert project.read("data/records.csv").startswith(b"id,title")
        project.extract("results.db", tmp_path)
    with sqlite3.connect(tmp_path / "results.db") as file:
        labels = dict(file.execute("SELECT title, label FROM results JOIN record USING (record_id)").fetchall())
        assert len(labels) == 4
        assert file.execute("SELECT COUNT(*) FROM record").fetchone() == (70,)
    other = Screening(again(corpus), name="other")
    other.read_labels(path)
    # ASReview knows no stage, no maybe and no reviewer; what we wrote beside its results does.
    assert in_force(other.labels) == in_force(review.labels)
    with pytest.raises(ExportError, match="a project ends in"):
        review.to_asreview(tmp_path / "dataset.txt")
    review.to_asreview(tmp_path / "dataset.csv")
    dataset = pd.read_csv(tmp_path / "dataset.csv")
    assert set(dataset["label_included"].dropna()) == {0, 1}


def test_the_project_has_what_asreview_goes_on_from(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    """Its server takes no project without a model; its curves are of the order of the results, without those that no querier asked for."""
    for _ in range(6):
        shown = coming(review)
        review.label(shown, "include" if relevant(shown) else "exclude")
    review.to_asreview(tmp_path / "review.asreview")
    with zipfile.ZipFile(tmp_path / "review.asreview") as project:
        said = json.loads(project.read("project.json"))["review"]
        project.extract("results.db", tmp_path)
    assert said["status"] == "review" and said["model"]["name"]
    assert {"querier", "classifier", "balancer", "feature_extractor"} <= said["model"]["current_value"].keys()
    ids = corpus.papers["id"].to_list()
    with sqlite3.connect(tmp_path / "results.db") as file:
        results = file.execute("SELECT record_id, querier, label FROM results ORDER BY rowid").fetchall()
        ranking = file.execute("SELECT record_id FROM last_ranking ORDER BY ranking").fetchall()
    told = review.labels.query("stage == 1 and label != 'maybe'").sort_values("at")
    assert [ids[row] for row, *_ in results] == told["id"].to_list() != sorted(told["id"])
    assert [label for *_, label in results] == told["label"].eq("include").astype(int).to_list()
    assert [querier for _, querier, _ in results] == [None, *["max"] * (len(results) - 1)]
    assert len(ranking) == 70 and ids[ranking[0][0]] == coming(review)
    assert {ids[row] for (row,) in ranking[-len(results) - 1 :]} == {*told["id"], "r0002"}


def test_asreview_opens_the_project(review: Screening, corpus: Corpus, tmp_path: Path) -> None:
    asreview = pytest.importorskip(
        "asreview", reason="needs ASReview, which is a peer of the benchmarks and not in the test extra"
    )
    from asreview.learner import ActiveLearningCycleData

    review.to_asreview(tmp_path / "review.asreview")
    project = asreview.Project.load(tmp_path / "review.asreview", tmp_path / "project")
    assert sorted(project.db.get_results_table()["label"]) == [0, 1, 1, 1]
    assert len(project.read_input_data()) == 70
    # As the server does on import.
    cycle = asreview.ActiveLearningCycle.from_meta(ActiveLearningCycleData(**project.get_model_config()))
    assert cycle.classifier.name == "svm"
    assert project.read_input_data()["id"].iloc[project.db.get_pool().iloc[0]] == coming(review)


@pytest.mark.parametrize("suffix", ["csv", "ris", "asreview.csv"])
def test_what_is_decided_on_in_asreview_counts_in_its_dataset_too(
    review: Screening, corpus: Corpus, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"labels.{suffix}"
    getattr(review, "to_asreview" if suffix == "asreview.csv" else f"to_{suffix}")(path)
    since = {"r0001": "include", "r0002": "exclude", "r0050": "exclude"}
    if suffix == "ris":
        text = path.read_text(encoding="utf-8")
        for id_, label in since.items():
            note = f"N1  - ASReview_{'relevant' if label == 'include' else 'irrelevant'}\n"
            start = text.index("\n", text.index(f"ID  - {id_}")) + 1
            stop = text.index("ER  -", start)
            entry = text[start:stop].replace("N1  - ASReview_irrelevant\n", "")
            text = f"{text[:start]}{note}{entry}{text[stop:]}"
        path.write_text(text, encoding="utf-8")
    else:
        table = pd.read_csv(path, dtype=str)
        was = table["label_included"].map({"1": "1", "0": "0", "1.0": "1", "0.0": "0"})
        now = table["id"].map({id_: str(int(label == "include")) for id_, label in since.items()})
        table.assign(asreview_label=now.fillna(was), asreview_note="seen").to_csv(path, index=False)
    other = Screening(again(corpus), name="other")
    other.read_labels(path)
    first = other.labels.query("stage == 1")
    assert dict(zip(first["id"], first["label"], strict=True)) == {
        "r0000": "include",
        "r0007": "include",
        "r0014": "include",
        **since,
    }
    assert other.labels.query("stage == 2")["label"].to_list() == review.labels.query("stage == 2")["label"].to_list()


def test_labels_of_asreview_before_a_review_do_not_take_the_place_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    made = Corpus.from_papers(papers(8).assign(asreview_label=["1"] * 4 + [None] * 4), tmp_path / "once", n_topics=2)
    review = Screening(made)
    review.label("r0000", "exclude", alike=False)
    for suffix in ("csv", "asreview.csv"):
        path = tmp_path / f"labels.{suffix}"
        getattr(review, "to_csv" if suffix == "csv" else "to_asreview")(path)
        other = Screening(made, name=suffix)
        other.read_labels(path)
        assert in_force(other.labels) == in_force(review.labels)


def test_decisions_on_records_without_a_title_and_of_titles_with_marks_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is told of twice, by two reviewers or in two sheets, keeps the id by which alone the record is known."""
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    table = papers(8)
    table.loc[:1, "title"] = [None, "Walking of<scp>Rats</scp>and &lt;p&gt;mice&lt;/p&gt;"]
    made = Corpus.from_papers(table, tmp_path / "untitled", n_topics=2)
    ann, bo = Screening(made, reviewer="ann", votes=2), Screening(made, reviewer="bo")
    for one in (ann, bo):
        one.label("r0000", "include", alike=False)
        one.label("r0001", "exclude", reason="wrong outcome", alike=False)
    ann.unblind()
    ann.to_excel(tmp_path / "review.xlsx")
    ann.to_asreview(tmp_path / "review.asreview")
    ann.labels.to_csv(tmp_path / "labels.csv", index=False)
    for name in ("review.xlsx", "review.asreview", "labels.csv"):
        other = Screening(made, name=name, votes=2)
        found = other.read_labels(tmp_path / name)
        assert found["id"].to_list() == ["r0000"] * 2 + ["r0001"] * 2 if name != "labels.csv" else found["id"].notna().all()
        assert len(found) == 4
        told = ["id", "reviewer", "label", "reason", "at"]
        other.unblind()
        assert set(map(tuple, other.labels[told].values)) == set(map(tuple, ann.labels[told].values))


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
    # As a spreadsheet saves it again, with a byte order mark.
    written = (tmp_path / "log.csv").read_text(encoding="utf-8")
    (tmp_path / "marked.csv").write_text(written, encoding="utf-8-sig")
    assert log_from_csv(review.corpus.library.database, tmp_path / "marked.csv", "marked") == count
    # The library keeps a log for good: a damaged one does not come in.
    for damage, to in ((",include,", ",perhaps,"), (",label,", ",lable,"), (",begin,", ",done,"), (",1,r", ",7,r")):
        assert damage in written
        (tmp_path / "damaged.csv").write_text(written.replace(damage, to), encoding="utf-8")
        with pytest.raises(ReadError, match="no log"):
            log_from_csv(review.corpus.library.database, tmp_path / "damaged.csv", "damaged")
    assert "damaged" not in reviews(review.corpus.library.database)


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
        (
            {"notes": 'RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Undecided"} | USER-NOTES: {"Bo"=>["later"]}'},
            ("include", ""),
        ),
        ({"notes": "RAYYAN-INCLUSION: {} | RAYYAN-LABELS: thesis"}, None),
        ({"note": '<p>RAYYAN-INCLUSION: {"Ann"=&gt;"Excluded"}</p>'}, ("exclude", "")),
        ({"note": "<p>ASReview_relevant</p>"}, ("include", "")),
        ({"asreview_label": "0", "asreview_note": "a protocol"}, ("exclude", "a protocol")),
        ({"Notes": "Exclusion reason: Wrong study design;"}, ("exclude", "Wrong study design")),
        ({"keywords": ["mood", "include"]}, ("include", "")),
        ({"keywords": ["Excluded: wrong population"]}, ("exclude", "wrong population")),
        ({"keywords": ["include", "exclude"]}, ("maybe", "")),
        ({"keywords": ["Exclude (wrong population)"]}, ("exclude", "wrong population")),
        ({"keywords": ["excluded/duplicate"]}, ("exclude", "duplicate")),
        ({"Manual Tags": "sleep; 1_included"}, ("include", "")),
        ({"keywords": ["included studies", "exclusion", "social exclusion"]}, None),
        ({"Einschluss": "ja"}, ("include", "")),
        ({"Eingeschlossen?": "Nein", "Ausschlussgrund": " falsche Population "}, ("exclude", "falsche Population")),
        ({"Inclus": "non", "Motif d\u2019exclusion": "hors sujet"}, ("exclude", "hors sujet")),
        ({"De\u0301cision": "Peut-e\u0302tre", "motif": "hors sujet"}, ("maybe", "")),
        ({"Incluido": "Sí"}, ("include", "")),
        ({"Decisão": "não", "Motivo de exclusão": "outro tema"}, ("exclude", "outro tema")),
        ({"Decision": "Exclude", "Reason for exclusion": "wrong design"}, ("exclude", "wrong design")),
        ({"label_included": "0", "Exclusion reason": "wrong design"}, ("exclude", "wrong design")),
        ({"Decision": "accept", "Reason": "novel"}, None),
        ({"Reason": "novel"}, None),
        # The later word of ASReview counts before the table's.
        ({"asreview_label": "1", "Decision": "no"}, ("include", "")),
        ({}, None),
    ],
)
def test_decisions_of_other_tools_are_read(paper: dict[str, object], expected: tuple[str, str] | None) -> None:
    found = decisions_of(paper)
    assert [(label, reason) for _, label, reason, *_ in found] == ([expected] if expected else [])


@pytest.mark.parametrize("column", [
    # The names that ASReview 3 reads, and those that its data sets had before (`asreview.data.base`, `asreview.config` of version 0).
    "asreview_label", "included", "label", "final_included", "label_included", "included_label", "included_final", "included_flag", "include",
    "abstract_included", "included_abstract", "included_after_abstract", "Label_Included", "LABEL INCLUDED", "Included",
])  # fmt: skip
def test_labels_are_read_under_every_name_that_asreview_gives_them(tmp_path: Path, column: str) -> None:
    values = ["1", "0", "yes", "no", "Y", "n", "TRUE", "False", "1.0", "0.0", "Included", "excluded", "relevant", "irrelevant"]
    unlabelled = ["-1", "", "-1.0", "2", "unknown"]
    titles = [f"A paper of number {number} about walking" for number in range(len(values) + len(unlabelled))]
    pd.DataFrame({"title": titles, column: [*values, *unlabelled]}).to_csv(tmp_path / "labels.csv", index=False)
    found = read_labels(tmp_path / "labels.csv")
    assert found["title"].tolist() == titles[: len(values)]
    assert found["label"].tolist() == ["include", "exclude"] * (len(values) // 2)


def test_what_was_included_in_the_end_counts_before_the_abstract() -> None:
    [(_, label, *_)] = decisions_of({"abstract_included": 1, "final_included": 0})
    assert label == "exclude"


E, X, M = "include", "exclude", "maybe"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # By reviewer: votes by name, one of which is alone.
        (
            {"Reviewer 1": ["Include", "Exclude", "Maybe", ""], "Reviewer 2": ["Include", "Include", "", ""]},
            [(1, E, "", "Reviewer 1"), (1, E, "", "Reviewer 2"), (1, X, "", "Reviewer 1"), (1, E, "", "Reviewer 2"), (1, M, "", "Reviewer 1")],
        ),
        # What was agreed on counts, and where nothing stands there nobody has.
        ({"Ann": ["included", "excluded", "included", ""], "Bo": ["included", "included", "", ""], "Final decision": ["yes", "no", "", ""]}, [
            (1, E, "", ""), (1, X, "", ""),
        ]),
        ({"Ann": ["included", "excluded", "included", ""], "Bo": ["included", "included", "", ""], "Consensus": ["include", "exclude", "", ""]}, [
            (1, E, "", ""), (1, X, "", ""),
        ]),
        # Both stages beside each other: the reason is of the full text.
        (
            {"Title/Abstract decision": ["Yes", "Yes", "No", "?"], "Full text decision": ["Yes", "No", "", ""], "Exclusion reason": ["", "dose", "", ""]},
            [(1, E, "", ""), (2, E, "", ""), (1, E, "", ""), (2, X, "dose", ""), (1, X, "", "")],
        ),
        ({"Include (Y/N)": ["Y", "N", "n", "?"]}, [(1, E, "", ""), (1, X, "", ""), (1, X, "", "")]),
        ({"Include?": ["x", "", "", ""], "Exclude?": ["", "x", "", "X"], "Why excluded": ["", "no data", "", ""]}, [
            (1, E, "", ""), (1, X, "no data", ""), (1, X, "", ""),
        ]),
        ({"Screening": ["in", "out", "", "maybe"]}, [(1, E, "", ""), (1, X, "", ""), (1, M, "", "")]),
        ({"Entscheidung": ["Exclude - wrong dose", "excluded (no data)", "include", ""]}, [(1, X, "wrong dose", ""), (1, X, "no data", ""), (1, E, "", "")]),
        # None of these is a decision about the record.
        ({"Included in meta-analysis": ["yes", "no", "no", ""], "Open access": ["yes", "no", "yes", "no"], "Risk": ["unclear", "unclear", "", ""]}, []),
        ({"Comment": ["include", "a comment", "exclude", ""]}, []),
    ],
)  # fmt: skip
def test_tables_of_reviewers_are_read_as_they_keep_them(
    columns: dict[str, list[str]], expected: list[tuple[object, ...]]
) -> None:
    found = read_labels(pd.DataFrame({"title": [f"Paper {number} of walking" for number in range(4)], **columns}))
    assert list(found[["stage", "label", "reason", "reviewer"]].itertuples(index=False, name=None)) == expected
    assert set(found["kind"]) <= {"vote" if expected[0][3] else "prior"} if expected else found.empty


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("review_1234_irrelevant_csv_20260101.csv", (1, X, "")),
        ("review_1234_select_csv_20260101.csv", (1, E, "")),
        ("review_1234_excluded_csv_20260101.csv", (2, X, "")),
        ("review_1234_included_csv_20260101.csv", (2, E, "")),
        ("review_1234_screen_csv_20260101.csv", None),
        ("a review included.csv", None),
    ],
)
def test_a_list_of_covidence_says_by_its_name_what_became_of_its_records(
    tmp_path: Path, name: str, expected: tuple[object, ...] | None
) -> None:
    pd.DataFrame(
        {"Title": ["On walking", "On singing"], "Covidence #": ["#1", "#2"], "Notes": ["", "Exclusion reason: Wrong dose; "]}
    ).to_csv(tmp_path / name, index=False)
    found = read_labels(tmp_path / name)[["stage", "label", "reason"]].to_numpy().tolist()
    assert found == [*([list(expected)] if expected else []), [2, X, "Wrong dose"]]


def test_covidence_gives_reasons_at_the_full_text(corpus: Corpus, tmp_path: Path) -> None:
    title = corpus.papers["title"][3]
    pd.DataFrame({"Title": [title], "Notes": ["Exclusion reason: Wrong study design; "]}).to_csv(
        tmp_path / "c.csv", index=False
    )
    review = Screening(corpus)
    for _ in range(2):
        review.read_labels(tmp_path / "c.csv")
        assert in_force(review.labels) == {("r0003", 1, "include", ""), ("r0003", 2, "exclude", "Wrong study design")}
    assert review.prisma().columns[0].excluded_reports == {"Wrong study design": 1}
    # What this review says of titles and abstracts already stands.
    other = Screening(corpus, name="other")
    other.label("r0003", "exclude")
    other.read_labels(tmp_path / "c.csv")
    assert other.state.verdict(1, "r0003")[0] == "exclude"


@pytest.mark.parametrize("order", [(1, 0), (0, 1)])
def test_rows_that_contradict_each_other_are_a_maybe_however_often_they_are_read(
    corpus: Corpus, tmp_path: Path, order: tuple[int, int]
) -> None:
    title = corpus.papers["title"][3]
    pd.DataFrame({"title": [title, title], "label_included": order}).to_csv(tmp_path / "twice.csv", index=False)
    review = Screening(corpus)
    for _ in range(2):
        assert len(review.read_labels(tmp_path / "twice.csv")) == 2
        assert in_force(review.labels) == {("r0003", 1, "maybe", "")}
    assert (review.log["act"] == "prior").sum() == 1
    assert review.maybes() == ["r0003"]
    review.label("r0003", "include")
    assert review.maybes() == []


FILES = {"csv": "csv", "ris": "ris", "excel": "xlsx", "asreview": "asreview"}


@pytest.fixture(scope="module")
def of_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Corpus, Screening]]:
    """A review of two with every state that a record may be in, and its files, each written once."""
    folder = tmp_path_factory.mktemp("of two")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LITEXPLORER_DATA_HOME", str(folder / "data"))
        made = Corpus.from_papers(papers(30), folder / "corpus", n_topics=2)
        ann, bo = Screening(made, reviewer="ann", votes=2, seeds=["r0021"]), Screening(again(made), reviewer="bo")
        both = {
            "r0000": ("include", "include"), "r0001": ("exclude", "exclude"), "r0002": ("include", "exclude"), "r0003": ("maybe", "maybe"),
            "r0004": ("include", "exclude"), "r0007": ("include", "include"), "r0014": ("include", "include"), "r0005": ("exclude", "include"),
        }  # fmt: skip
        for id_, labels in both.items():
            for one, label in zip((ann, bo), labels, strict=True):
                one.label(id_, label, reason="wrong outcome" if label == "exclude" else "", alike=False)  # type: ignore[arg-type]
        ann.label("r0006", "include", alike=False)
        bo.label("r0008", "maybe", alike=False)
        bo.label("r0009", "exclude", alike=False)
        bo.undo()
        for one in (ann, bo):
            one.done()
        ann.resolve("r0004", "exclude", reason="wrong study design")
        # After a talk about it: agreement is of what was thought before.
        ann.label("r0005", "include", alike=False)
        ann.label("r0000", "exclude", reason="wrong population", stage=2)
        bo.label("r0000", "exclude", reason="wrong outcome", stage=2)
        for one in (ann, bo):
            one.label("r0007", "exclude", reason="full text not retrieved", stage=2)
        bo.label("r0014", "include", stage=2)
        for one in (ann, bo):
            one.done(2)
        ann.refresh()
        for kind, suffix in FILES.items():
            getattr(ann, f"to_{kind}")(folder / f"two.{suffix}")
        yield made, ann


VERDICTS = {
    1: {
        "r0000": "include", "r0001": "exclude", "r0002": "conflict", "r0003": "conflict", "r0004": "exclude", "r0005": "include",
        "r0006": "awaits", "r0007": "include", "r0008": "awaits", "r0014": "include", "r0021": "include",
    },
    2: {"r0000": "conflict", "r0007": "exclude", "r0014": "awaits"},
}  # fmt: skip


def told(review: Screening, stage: int) -> dict[str, str]:
    return {id_: verdict for id_ in review.ids if (verdict := review.state.verdict(stage, id_)[0]) != "open"}


@pytest.mark.parametrize("suffix", FILES.values())
def test_votes_conflicts_and_resolutions_come_back_as_what_they_were(of_two: tuple[Corpus, Screening], suffix: str) -> None:
    made, ann = of_two
    path = made.folder.parent / f"two.{suffix}"
    assert {stage: told(ann, stage) for stage in (1, 2)} == VERDICTS
    # Back into the same review nothing is new.
    before = len(ann.log)
    ann.read_labels(path)
    assert len(ann.log) == before
    # Into another, by a third reviewer, each vote is that of who gave it.
    cy = Screening(again(made), name=suffix, reviewer="cy", votes=2)
    cy.read_labels(path)
    assert {stage: told(cy, stage) for stage in (1, 2)} == VERDICTS
    # As long as it is blind, cy sees no vote, and no full text but of what was known before or resolved.
    assert set(cy.labels["kind"]) == {"prior", "resolution"}
    assert [id_ for id_ in cy.ids if cy.state.at_stage(2, id_)] == ["r0021"]
    assert "ann" not in str(cy.log.loc[cy.log["act"] == "vote"].to_dict())
    assert set(cy.awaiting()["id"]) == {"r0006", "r0008"} and not cy.awaiting()["mine"].any()
    for stage in (1, 2):
        cy.done(stage)
    same = ["id", "stage", "reviewer", "label", "reason", "at", "kind"]
    votes = [one.labels.query("kind != 'prior'")[same].sort_values(same).to_numpy().tolist() for one in (ann, cy)]
    assert votes[0] == votes[1]
    pd.testing.assert_frame_equal(cy.agreement(), ann.agreement())
    assert cy.conflicts(2)[["ann", "bo"]].to_numpy().tolist() == [["exclude: wrong population", "exclude: wrong outcome"]]
    assert (cy.prisma().columns[0].pending, cy.prisma().columns[0].not_retrieved) == (ann.prisma().columns[0].pending, 1)
    # cy's is the second vote; who comes under their own name goes on with what they decided, and all of it is one undo.
    cy.label("r0006", "include", alike=False)
    assert cy.state.verdict(1, "r0006")[0] == "include"
    bo = Screening(again(made), name=suffix, reviewer="bo")
    assert bo.maybes() == ["r0003", "r0008"] and bo.state.reviewers == {"cy": "active", "ann": "elsewhere", "bo": "active"}
    bo.label("r0008", "exclude", alike=False)
    bo.undo(bo.told["number"].iloc[-1])
    assert told(bo, 1) == {"r0006": "awaits", "r0008": "awaits"} and told(bo, 2) == {}
    assert bo.state.reviewers == {"cy": "active", "bo": "active"} and bo.state.independent[1].keys() == {"r0008"}
    # Written once more it says the same.
    bo.read_labels(path)
    copy = path.with_name(f"copy.{suffix}")
    getattr(bo, f"to_{next(kind for kind, one in FILES.items() if one == suffix)}")(copy)
    third = Screening(again(made), name=f"third {suffix}", reviewer="bo", votes=2)
    third.read_labels(copy)
    assert third.maybes() == ["r0003"]


def test_where_one_decides_what_others_decided_elsewhere_is_known_and_may_be_decided_otherwise(
    of_two: tuple[Corpus, Screening],
) -> None:
    made, _ = of_two
    cy = Screening(again(made), name="alone", reviewer="cy")
    cy.read_labels(made.folder.parent / "two.csv")
    # Each decision counts there; where they differ nobody decided, and it waits.
    assert told(cy, 1) == {**VERDICTS[1], "r0003": "maybe", "r0006": "include", "r0008": "maybe"}
    assert set(cy.maybes()) == {"r0002", "r0003", "r0008"}
    assert cy.progress() == {"records": 30, "screened": 11, "included": 6, "excluded": 2, "maybe": 3, "left": 19}
    cy.label("r0002", "exclude")
    cy.label("r0000", "exclude")
    cy.label("r0004", "include")
    assert [cy.state.verdict(1, id_)[0] for id_ in ("r0000", "r0002", "r0004")] == ["exclude", "exclude", "include"]
    assert cy.conflicts().empty and set(cy.maybes()) == {"r0003", "r0008"}
    # The queue learns from what holds, and the estimate counts it.
    records = ReviewRecords(cy.snapshot, cy.state, cy.name)
    rows, included = ActiveLearning(cy.snapshot, records, cy.state, "cy").examples(cy.state)
    learnt = {cy.ids[row]: label for row, label in zip(rows, included, strict=True)}
    assert [learnt[id_] for id_ in ("r0000", "r0002", "r0004", "r0007")] == [False, False, True, True] and "r0003" not in learnt
    assert sum(cy.found_so_far()) == cy.progress()["included"] + cy.progress()["maybe"] == 8
    # They stood in no order of this queue.
    assert cy.stopping().screened == 11 and cy.stopping().irrelevant_run == 0
    cy.label("r0010", "exclude", alike=False)
    assert cy.stopping().irrelevant_run == 1
    assert "Decisions of ann, bo were taken from a file." in cy.report()


def test_what_files_tell_of_a_reviewer_one_after_the_other_is_taken_back_one_by_one(of_two: tuple[Corpus, Screening]) -> None:
    made, _ = of_two
    cy = Screening(again(made), name="files", reviewer="cy")

    def tell(label: str, name: str, reviewer: str = "ann", at: str = "") -> None:
        told = [{"stage": 1, "label": label, "reviewer": reviewer, "at": at, "kind": "vote"}]
        cy.take_labels(
            read_labels(pd.DataFrame({"title": [made.papers["title"][1]], "screening_decisions": [json.dumps(told)]})), how=name
        )

    tell("include", "a.csv")
    tell("exclude", "b.csv", at="yesterday")
    tell("exclude", "c.csv")
    assert cy.told["how"].tolist() == ["a.csv", "b.csv"], "c.csv says nothing new"
    assert told(cy, 1) == {"r0001": "exclude"}
    cy.undo(cy.told["number"][1])
    assert told(cy, 1) == {"r0001": "include"}
    cy.label("r0001", "exclude", alike=False)
    cy.undo(cy.told["number"][0])
    assert told(cy, 1) == {"r0001": "exclude"} and cy.undo() == ["r0001"] and cy.undo() == []
    # A name that is none is nobody's vote, but what it says is known.
    tell("include", "d.csv", reviewer="a" * 81)
    assert cy.labels[["kind", "label", "reviewer"]].to_numpy().tolist() == [["prior", "include", "cy"]]


def test_what_asreview_decided_since_counts_and_what_it_left_keeps_its_reviewers(
    of_two: tuple[Corpus, Screening], tmp_path: Path
) -> None:
    made, ann = of_two
    ann.to_asreview(tmp_path / "two.asreview")
    with zipfile.ZipFile(tmp_path / "two.asreview") as project:
        parts = {name: project.read(name) for name in project.namelist()}
    (tmp_path / "results.db").write_bytes(parts["results.db"])
    with sqlite3.connect(tmp_path / "results.db") as file:
        row = {title.rsplit(" ", 1)[1]: id_ for id_, title in file.execute("SELECT record_id, title FROM record")}
        file.execute("UPDATE results SET label = 1, note = 'after all' WHERE record_id = ?", (row["1"],))
        file.execute("INSERT INTO results (record_id, label, tags) VALUES (?, 0, '[]')", (row["6"],))
        file.execute("DELETE FROM results WHERE record_id = ?", (row["7"],))
    with zipfile.ZipFile(tmp_path / "two.asreview", "w") as project:
        for name, data in (parts | {"results.db": (tmp_path / "results.db").read_bytes()}).items():
            project.writestr(name, data)
    found = read_labels(tmp_path / "two.asreview")
    of = {number: found[found["title"].str.endswith(f" {number}")] for number in ("1", "6", "7", "14")}
    assert of["1"][["label", "kind"]].to_numpy().tolist() == [["include", "prior"]]
    assert of["6"][["label", "kind"]].to_numpy().tolist() == [["exclude", "prior"]]
    assert of["7"].empty
    assert of["14"][["reviewer", "stage"]].to_numpy().tolist() == [["ann", 1], ["bo", 1], ["bo", 2]]


def test_files_of_before_name_reviewers_and_resolutions_too(corpus: Corpus, tmp_path: Path) -> None:
    given = [
        {"stage": 1, "reviewer": "ann", "label": "include", "at": "2026-01-01T00:00:00.000000+00:00"},
        {"stage": 1, "reviewer": "bo", "label": "exclude", "how": "alike", "at": "2026-01-02T00:00:00.000000+00:00"},
        {"stage": 1, "reviewer": "cy", "label": "exclude", "how": "resolved", "reason": "wrong outcome"},
        {"stage": 1, "reviewer": "ann", "label": "maybe", "how": "rayyan.csv"},
    ]
    table = pd.DataFrame({"title": [corpus.papers["title"][3]], "screening_decisions": [json.dumps(given)]})
    assert read_labels(table)["kind"].tolist() == ["vote", "vote", "resolution", "prior"]
    review = Screening(corpus, votes=2)
    review.read_labels(table)
    assert review.state.verdict(1, "r0003")[1][:3] == ("exclude", "wrong outcome", "cy")  # type: ignore[index]


@pytest.mark.parametrize("kind", [*FILES, "log"])
def test_writing_says_how_far_it_is_and_can_be_stopped(review: Screening, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out.{FILES.get(kind, kind)}"
    parts: list[float] = []
    write = getattr(review, f"to_{kind}")
    write(path, progress=parts.append)
    assert parts == sorted(parts) and parts[0] >= 0 and parts[-1] <= 1
    path.unlink()

    def stop(part: float) -> None:
        if part >= parts[-1]:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write(path, progress=stop)
    assert list(tmp_path.glob(f"*.{path.suffix[1:]}")) == []


def test_papers_of_one_title_are_told_apart_by_what_else_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    one, two = "Walking and the mood of adults", "Reply"
    table = pd.DataFrame(
        {
            "id": list("abcdef"),
            "title": [one, one, one, two, two, "Singing and the sleep of children"],
            "year": pd.array([2001, 2001, 2010, 2005, None, 2003], "Int64"),
            "authors": [["Lee, Ann"], ["Kim, Bo", "Roe, Cy"], ["Lee, Ann"], ["Poe, Di"], None, ["Fox, Ed"]],
            "doi": [None, None, None, "10.5555/4", None, "10.5555/6"],
        }
    )
    review = Screening(Corpus.from_papers(table, tmp_path / "same", n_topics=2))

    def found(**row: object) -> object:
        labels = read_labels(pd.DataFrame([{"included": 1, **row}]))
        [(id_, candidates)] = matched(review, labels)[["id", "candidates"]].itertuples(index=False, name=None)
        return id_ or candidates

    assert found(title=one) == ("a", "b", "c")
    assert found(title=one, year=2010) == "c"
    assert found(title=one, year=2001) == ("a", "b")
    assert found(title=one, authors="Kim, B; Roe, C") == "b"
    assert found(title=one, authors="Roe, C") == "b"
    assert found(title=one, authors="A. Lee", year=2001) == "a"
    assert found(title=one, authors="A. Lee") == ("a", "c")
    # Print and page differ by a year, which speaks for neither.
    assert found(title=one, authors="A. Lee", year=2002) == ("a", "c")
    assert found(title=two) == ("d", "e")
    assert found(title=two, doi="10.5555/4") == "d"
    assert found(title=two, doi="10.5555/5") == "e"
    assert found(title=two, year=2006, authors="Poe, D") == "d"
    # Of a title that names nothing, another year is another paper.
    assert found(title=two, year=1990) == "e"
    assert found(title="Singing and the sleep of children", year=1990) == "f"
    # A file of titles only says which of them are left open.
    taken = review.read_labels(
        pd.DataFrame({"title": [one, "Singing and the sleep of children", "Nothing"], "included": [1, 0, 1]})
    )
    assert taken["id"].fillna("").tolist() == ["", "f", ""] and taken["candidates"].tolist() == [("a", "b", "c"), (), ()]
    assert review.add_seeds([two, "Nothing"])["candidates"].tolist() == [("d", "e"), ()]


def test_a_long_reason_is_shortened_and_the_rest_of_the_file_read(corpus: Corpus, tmp_path: Path) -> None:
    note = 'RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: ' + "wrong outcome, " * 40
    titles = corpus.papers["title"][:2].tolist()
    table = pd.DataFrame({"title": titles, "abstract": "", "notes": [note, 'RAYYAN-INCLUSION: {"Ann"=>"Included"}']})
    table.to_csv(tmp_path / "r.csv", index=False)
    review = Screening(corpus)
    review.read_labels(tmp_path / "r.csv")
    labels = review.labels.set_index("id")
    assert labels["label"].to_dict() == {"r0000": "exclude", "r0001": "include"}
    assert labels["reason"]["r0000"].startswith("wrong outcome, wrong outcome")
    assert len(labels["reason"]["r0000"]) == 300


def test_votes_of_rayyan_are_read_out_of_bibtex_which_has_no_braces(tmp_path: Path) -> None:
    (tmp_path / "r.bib").write_text(
        '@article{a, title={On walking}, note={RAYYAN-INCLUSION: {"Ann"=>"Included"} | RAYYAN-LABELS: x}}\n'
        '@article{b, title={On singing}, note={RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Bo"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: old}}\n',
        encoding="utf-8",
    )
    found = read_labels(tmp_path / "r.bib")
    assert found[["title", "label", "reason"]].values.tolist() == [
        ["On walking", "include", ""],
        ["On singing", "exclude", "old"],
    ]


def test_labels_are_about_the_record_that_they_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    papers = pd.DataFrame(
        {
            "id": ["1", "2", "3", "4", "5"],
            "title": [
                "Walking and mood of adults",
                "Singing and sleep",
                "Editorial",
                "An abstract of a supplement",
                "Another abstract of it",
            ],
            "doi": ["10.5555/1001", None, "10.5555/1003", "10.5555/1004", "10.5555/1004"],
        }
    )
    made = Screening(Corpus.from_papers(papers, tmp_path / "numbered", n_topics=2))

    def id_of(**row: str | None) -> object:
        table = pd.DataFrame([{"id": None, "doi": None, "arxiv_id": None, **row}])
        return matched(made, table)["id"].tolist()[0]

    # Rows of another file are numbered too.
    assert id_of(id="2", title="Walking and mood of adults") == "1"
    assert id_of(id="1", title="Something else altogether") is None
    assert [id_of(id="1", title=None, doi=f"10.5555/{doi}") for doi in (1001, 1003, 1999)] == ["1", "3", None]
    assert id_of(id="1", title="Walking and mood of older adults", doi="10.5555/1001") == "1"
    # Papers of one name are told apart by their DOI, abstracts of one DOI by their titles.
    assert id_of(title="Editorial", doi="10.5555/1999") is None
    assert id_of(title="Editorial") == "3"
    assert id_of(title="Another abstract of it", doi="10.5555/1004") == "5"
    assert id_of(title="A third abstract", doi="10.5555/1004") is None


def test_labels_of_merged_records_find_their_paper(corpus: Corpus, tmp_path: Path) -> None:
    review = Screening(corpus)
    review.label("r0001", "exclude", alike=False)
    review.to_csv(tmp_path / "labels.csv")
    joined = corpus.decide(corpus.rules.always_merge("r0001", "r0008"))
    [gone] = {"r0001", "r0008"} - set(joined.papers["id"])
    before = Screening(corpus, name="before")
    before.label(gone, "exclude", alike=False)
    before.to_csv(tmp_path / "before.csv")
    after = Screening(joined, name="after")
    after.read_labels(tmp_path / "before.csv")
    assert [(id_, label) for id_, _, label, _ in in_force(after.labels)] == [(({"r0001", "r0008"} - {gone}).pop(), "exclude")]


def test_each_record_of_a_merged_paper_tells_of_its_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fields of a merged paper are those of its first record: a label of the second would be lost."""
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    titles = [f"Effects of walking number {number} on the mood of adults" for number in range(4)]
    table = pd.DataFrame({"title": [*titles, *titles[:2]], "label_included": [0, 0, 1, -1, 1, 0]})
    table["doi"] = [f"10.5555/100{number}" for number in (0, 1, 2, 3, 0, 1)]
    table.to_csv(tmp_path / "twice.csv", index=False)
    read = explorer.import_papers(tmp_path / "twice.csv")
    joined = Corpus.from_papers(read.papers, tmp_path / "joined", merges=read.merges, ledger=read.ledger, n_topics=2)
    assert len(joined) == 4
    review = Screening(joined)
    review.read_labels()
    assert review.labels.set_index("title")["label"].to_dict() == {
        titles[0]: "maybe",
        titles[1]: "exclude",
        titles[2]: "include",
    }
    # A simulation cannot leave it open: a paper one record of which was relevant is.
    labels = read_labels_of(joined, "label_included")
    relevant_ids = {id_ for id_, label in labels.items() if str(label) == "1"}
    assert set(joined.papers.set_index("id")["title"][list(relevant_ids)]) == {titles[0], titles[2]}


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


def test_a_table_that_names_papers_without_their_titles_is_read(named: Screening, tmp_path: Path) -> None:
    told = pd.DataFrame(
        {
            "DOI": ["10.5555/1", None, "https://doi.org/10.5555/6"],
            "PMID": [12341, 12342, 12346],
            "Decision": ["yes", "no", "in"],
        }
    )
    expected = [("r0001", "include"), ("r0002", "exclude"), ("r0006", "include")]
    for source in (told, told.drop(columns="DOI"), told.rename(columns={"PMID": "Pubmed ID"})):
        source.to_csv(tmp_path / "told.csv", index=False, sep=";")
        for given in (source, tmp_path / "told.csv"):
            found = named.read_labels(given)
            assert list(found[["id", "label"]].itertuples(index=False, name=None)) == expected
    (tmp_path / "nothing.csv").write_text("score,decision\n3,yes\n")
    with pytest.raises(ReadError, match="no title column"):
        read_labels(tmp_path / "nothing.csv")


def test_what_stands_for_a_decision_and_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("title,label_included\nWalking,1\nSinging,2\nDiet,2\nSleep,\n")
    found = read_labels(tmp_path / "codes.csv")
    assert found["label"].tolist() == ["include"] and found.attrs["unread"] == {"2": 2}
    (tmp_path / "codes.csv").write_text("title,label_included\nSinging,2\n")
    with pytest.raises(ReadError, match="“2”, says neither"):
        read_labels(tmp_path / "codes.csv")


def test_what_a_wrong_file_told_is_taken_back_as_one_act(corpus: Corpus) -> None:
    table = corpus.papers[["id", "title"]].head(40)
    review = Screening(corpus, seeds=["r0007"])
    review.priors([("r0000", "include", "")], how="right.csv")
    review.take_labels(read_labels(table.assign(included=0)), how="wrong.csv")
    review.label("r0014", "include")
    assert review.next() is not None and not review.lesson_due()
    told = review.told.set_index("how")
    assert told["papers"].to_dict() == {"right.csv": 1, "wrong.csv": 40}
    for number in (1, "wrong.csv"):
        with pytest.raises(ScreeningError, match=f"number {number!r};"):
            review.undo(number)  # type: ignore[arg-type]
    # Somebody else may see that it was the wrong one, and later decisions stay.
    bo = Screening(again(corpus), reviewer="bo")
    assert len(bo.undo(told["number"]["wrong.csv"])) == 40
    # The queue forgets it, and what other files told before holds again.
    assert review.refresh() == 2 and review.lesson_due()
    for one in (review, bo, Screening(again(corpus), reviewer="ann")):
        assert in_force(one.labels) == {("r0007", 1, "include", ""), ("r0000", 1, "include", ""), ("r0014", 1, "include", "")}
        assert one.told["how"].tolist() == ["right.csv"]
    # The last thing a reviewer did is taken back first, a file as a whole.
    assert review.undo() == ["r0014"]
    assert review.undo() == ["r0000"]
    assert review.undo() == []
    assert review.labels["how"].tolist() == ["seed"]
    assert (review.log["act"] == "prior").sum() == 42


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Screening:
    """A review of papers with DOIs and PMIDs, two of which have one title."""
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    table = papers(8).assign(doi=[f"10.5555/{n}" for n in range(8)], pmid=[f"1234{n}" for n in range(8)])
    table.loc[6:7, "title"] = "One title of two papers, which names none"
    return Screening(Corpus.from_papers(table, tmp_path / "named", n_topics=2))


@pytest.mark.parametrize(
    ("name", "text", "outcomes"),
    [
        ("dois.txt", "https://doi.org/10.5555/0\n doi:10.5555/1.\n\n10.9999/none\n", ["added", "added", "not found"]),
        ("pmids.csv", "PMID\n12340\nPMID: 12341\n99999\n", ["added", "added", "not found"]),
        ("addresses.txt", "https://pubmed.ncbi.nlm.nih.gov/12340/\n012341\n0\n", ["added", "added", "not found"]),
        ("known.ris", "TY  - JOUR\nDO  - 10.5555/0\nER  - \nTY  - JOUR\nTI  - {title}\nER  - \nTY  - JOUR\nTI  - No\nER  - \n", [
            "added", "added", "not found",
        ]),
        ("known.bib", "@article{a, title={Else}, doi={10.5555/0}}\n@article{b, title={{title}}, year=1999}\n@misc{c, title={No}}\n", [
            "added", "added", "not found",
        ]),
        ("numbered.csv", "n,doi,by\n1,10.5555/0,Lee\n2,10.5555/1,Kim\n", ["not found", "added", "added"]),
        ("titles.txt", "{title}\n{title}\nOne title of two papers, which names none\n", ["added", "repeated", "not found"]),
    ],
)  # fmt: skip
def test_known_papers_are_found_by_whatever_names_them(
    named: Screening, tmp_path: Path, name: str, text: str, outcomes: list[str]
) -> None:
    path = tmp_path / name
    path.write_text(text.replace("{title}", named.record(named.ids[1])["title"]), encoding="utf-8")
    found = named.add_seeds(path)
    assert found["outcome"].to_list() == outcomes
    assert found["id"].notna().to_list() == [outcome != "not found" for outcome in outcomes]
    labels = named.labels
    assert set(labels["id"]) == set(found.loc[found["outcome"] == "added", "id"])
    assert set(labels[["label", "how"]].itertuples(index=False, name=None)) == {("include", name)}


def test_known_papers_change_no_decision_and_what_a_file_excludes_is_not_relevant(named: Screening, tmp_path: Path) -> None:
    named.label(named.ids[0], "exclude", alike=False)
    table = pd.DataFrame({"title": ["a", "b", "c"], "doi": ["10.5555/0", "10.5555/1", "10.5555/2"], "included": [1, 1, 0]})
    assert named.add_seeds(table)["outcome"].to_list() == ["decided", "added", "excluded"]
    assert named.add_seeds(["10.5555/1", "r0003"])["outcome"].to_list() == ["decided", "added"]
    assert named.progress()["included"] == 2
    assert named.progress()["excluded"] == 1
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    for nothing in (picture, tmp_path / "missing.txt"):
        with pytest.raises(ReadError):
            named.add_seeds(nothing)


def test_notes_are_shown_as_said_and_decisions_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITEXPLORER_DATA_HOME", str(tmp_path / "data"))
    rayyan = (
        'RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-LABELS: trial,adults | USER-NOTES: {"Ann"=>["see table 2", "ask Bo"]}'
    )
    notes = [
        f"{rayyan} | RAYYAN-EXCLUSION-REASONS: wrong outcome",
        "<p>From the <i>register</i> &amp; by hand.</p><p>Exclusion reason: Wrong outcomes;</p>",
        "ASReview_relevant\nTitle and abstract: exclude (wrong outcome)\nScreening decisions: []\nA | B",
        None,
    ]
    made = Corpus.from_papers(papers(4).assign(note=notes, annote=["By me", None, None, None]), tmp_path / "noted", n_topics=2)
    found = [notes_of(made.snapshot, id_) for id_ in ("r0000", "r0001", "r0002", "r0003")]
    assert found == [
        ["Labels: trial, adults", "Ann: see table 2, ask Bo", "By me"],
        ["From the register & by hand."],
        ["A | B"],
        [],
    ]


def test_the_real_reviews_are_read(shared_data: Path) -> None:
    path = shared_data / "screening" / "Nagtegaal_2019.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    labels = read_labels(path)
    assert len(labels) == len(explorer.read_papers(path))
    assert set(labels["label"]) == {"include", "exclude"}
