"""The notebooks: they are kept without outputs, run, and show what plain Python finds in the same papers."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from explorer import Selection

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SAMPLE = [json.loads(line) for line in (ROOT / "data" / "arithmetic.jsonl").read_text(encoding="utf-8").splitlines()]


def board(notebook: nbformat.NotebookNode, kept: None) -> None:
    """The dashboard is shown once, on all papers, with its charts."""
    views = [
        output.data["application/vnd.jupyter.widget-view+json"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    assert len(views) == 1
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    shown = states[views[0]["model_id"]]["state"]
    assert shown["summary"]["total"] == len(SAMPLE)
    assert shown["topics"]["rows"]
    assert shown["charts"]


def search(notebook: nbformat.NotebookNode, kept: Any) -> None:
    """A search finds the papers that have the word in some form; parts add up to scores; the address is the selection."""
    found, ranked, places, python, url = kept
    word = re.compile(r"\bquanti[sz]", re.IGNORECASE)
    texts = {paper["id"]: " ".join((paper["title"], paper["abstract"], *paper.get("keywords", []))) for paper in SAMPLE}
    assert sorted(found) == sorted(id_ for id_, text in texts.items() if word.search(text))
    assert len(ranked) == len(SAMPLE)
    assert all(abs(score - sum(parts)) < 1e-4 for score, *parts in ranked)
    assert [score for score, *_ in ranked] == sorted((score for score, *_ in ranked), reverse=True)
    assert len(places) == len(SAMPLE)
    assert places == sorted(places)
    call = ast.parse(python).body[-1].value.args[0]  # type: ignore[attr-defined]
    assert Selection(**{item.arg: ast.literal_eval(item.value) for item in call.keywords}) == Selection.from_url(url)


def duplicates(notebook: nbformat.NotebookNode, kept: Any) -> None:
    """The five records are three papers; taken apart they are five, and of two that come one is there already."""
    came, members, apart, larger, versions = kept
    assert came == {"read": 5, "accepted": 3, "repaired": came["repaired"], "rejected": 0, "merged": 2}
    assert [len(ids) for ids in members] == [3]
    assert {"lee2023", "lee2024"} < set(members[0])
    assert apart == 5
    assert larger == 6
    assert "10.5555/sums.2024.17" in versions
    assert "2301.01234" in versions


def trends(notebook: nbformat.NotebookNode, kept: Any) -> None:
    """Each year has its papers, and so has each topic; the later date has all that the earlier one had."""
    years, topics, reasoning, counts = kept
    assert {year: count for year, count in years.items() if count} == Counter(paper["published"][:4] for paper in SAMPLE)
    assert sum(topics.values()) == len(SAMPLE)
    assert counts["gone"] == 0
    assert counts["shared"] == sum(count for year, count in reasoning.items() if year <= "2023")
    assert counts["new"] == reasoning["2024"]


CHECKS: dict[str, tuple[str, Callable[[nbformat.NotebookNode, Any], None]]] = {
    "explorer": ("None", board),
    "search_and_concepts": (
        '[list(found["id"]), ranked.drop(columns=["id", "title"]).to_numpy().tolist(), list(places["place"]), '
        "selection.to_python(), selection.to_url()]",
        search,
    ),
    "duplicates_and_ledger": (
        '[came.ledger.counts(), [list(ids) for ids in corpus.merges["members"]], len(apart), len(larger), '
        'explorer.to_bibtex(corpus.select("adding")).decode()]',
        duplicates,
    ),
    "topics_over_time": (
        '[{k: int(v) for k, v in counts.groupby("period")["papers"].sum().items()}, '
        '{k: int(v) for k, v in counts.groupby("topic")["papers"].sum().items()}, '
        '{k: int(v) for k, v in explorer.topic_frequency(reasoning).groupby("period")["papers"].sum().items()}, '
        'changes.attrs["counts"]]',
        trends,
    ),
}
"""For each notebook, an expression in the names that it leaves, and what must hold of its value."""


def test_each_notebook_is_checked_and_in_the_gallery() -> None:
    assert sorted(CHECKS) == [path.stem for path in NOTEBOOKS]
    gallery = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert [path.stem for path in NOTEBOOKS if f"notebooks/{path.stem}" not in gallery] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_they_are_kept_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].cell_type == "markdown"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert "widgets" not in notebook.metadata


@pytest.mark.filterwarnings("default")  # those of the notebook client's own packages
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_they_run_and_show_what_is_there(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    expression, check = CHECKS[path.stem]
    kept = tmp_path / "kept.json"
    asked = nbformat.v4.new_code_cell(
        f"import json, pathlib\n_ = pathlib.Path({str(kept)!r}).write_text(json.dumps({expression}))"
    )
    notebook.cells.append(asked)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    check(notebook, json.loads(kept.read_text(encoding="utf-8")))
