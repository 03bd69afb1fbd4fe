"""The command line: what it prints, writes and returns."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from explorer import Corpus, Selection, open_corpus, read_papers
from explorer.cli.main import main
from explorer.corpus.opening import open_files
from explorer.export.export import FORMATS

PAPERS = "title,year,authors,doi\nA graph network,2020,Ada,10.1000/x\nA tree,2022,Grace; Ada,\nGraphs and trees,2024,Lee,nothing\n,2024,,\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.csv"
    path.write_text(PAPERS)
    return path


@pytest.fixture
def corpus(papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["build", str(papers), "-o", str(tmp_path / "corpus")]) == 0
    capsys.readouterr()
    return tmp_path / "corpus"


def command(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["litexplorer", *arguments], capture_output=True, text=True, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module", autouse=True)
def on_the_path() -> None:
    """The command stands beside the interpreter that runs the tests."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]


def test_build_says_what_became_of_every_record(papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["build", str(papers), "-o", str(tmp_path / "c"), "--topics", "2", "--ledger", str(tmp_path / "ledger.csv")]) == 0
    )
    out, err = capsys.readouterr()
    assert out == ""
    assert "records read" in err
    assert "c: " in err
    corpus = open_corpus(tmp_path / "c")
    assert len(corpus) == corpus.manifest["papers"] == corpus.manifest["made"]["ledger"]["accepted"]
    ledger = pd.read_csv(tmp_path / "ledger.csv")
    assert set(ledger["action"]) <= {"repaired", "rejected"}
    assert "nothing" in ledger["before"].tolist()
    assert corpus.manifest["made"]["topics"]["topics"] <= 2


def test_build_shows_the_first_troubles(papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", str(papers), "-o", str(tmp_path / "c")]) == 0
    assert "papers.csv, line 4: repaired doi: no DOI in it" in capsys.readouterr().err


def test_search(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", str(corpus), "graph"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("raph" in line for line in lines)
    scores = [float(line.split()[0]) for line in lines]
    assert scores == sorted(scores, reverse=True)
    assert main(["search", str(corpus), "graph", "--json", "--limit", "1"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert set(json.loads(line)) >= {"id", "title", "score"}
    for query in ("", "the", "NOT graph"):
        for more in ([], ["--json"]):
            assert main(["search", str(corpus), query, *more]) == 0
            for line in capsys.readouterr().out.splitlines():
                assert not more or json.loads(line)["id"]


def test_search_takes_plain_files_too(papers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", str(papers), "tree"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "query", "position"),
    [
        (["search", "CORPUS", 'graph "tree'], 'graph "tree', 6),
        (["search", "CORPUS", 'graph   \t "tree'], 'graph "tree', 6),
        (["search", "CORPUS", "(graph"], "(graph", 0),
        (["export", "CORPUS", "--query", "graph OR", "-o", "OUT.csv"], "graph OR", 6),
        (["export", "CORPUS", "--url", "q=autor%3Alee", "-o", "OUT.csv"], "autor:lee", 0),
    ],
)
def test_a_broken_query_is_pointed_at(
    arguments: list[str], query: str, position: int, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [argument.replace("CORPUS", str(corpus)).replace("OUT", str(tmp_path / "out")) for argument in arguments]
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-2:] == [f"  {query}", "  " + " " * position + "^"]
    assert not (tmp_path / "out.csv").exists()


def test_what_an_address_says_in_vain_is_said(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["export", str(corpus), "--url", "http://localhost:8866/?yeers=2020..&token=x", "-o", str(out)]) == 0
    assert "passed over in the address: ‘yeers’ (did you mean ‘years’?)." in capsys.readouterr().err


def test_export(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    options = [
        "--query",
        "graph OR tree",
        "--years",
        "2021..",
        "--author",
        "Ada",
        "--author",
        "Lee",
        "--code",
        "no",
        "--sort",
        "title",
    ]
    assert main(["export", str(corpus), *options, "-o", str(out)]) == 0
    selection = Selection(query="graph OR tree", years=(2021, None), authors=("Ada", "Lee"), has_code=False, sort="title")
    expected = open_corpus(corpus).select(selection)
    assert pd.read_csv(out)["title"].tolist() == expected["title"].tolist() == ["A tree", "Graphs and trees"]
    assert "2 of" in capsys.readouterr().err
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    assert Selection.from_url(manifest["url"]) == selection
    for url in (selection.to_url(), f"http://localhost:8866/?{selection.to_url()}", f"?{selection.to_url()}"):
        again = tmp_path / "again.csv"
        assert main(["export", str(corpus), "--url", url, "-o", str(again)]) == 0
        assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "missing.csv", "-o", "DIR/c"], "does not exist"),
        (["build", "DIR/papers.csv", "-o", "DIR"], "holds other files"),
        (["build", "DIR/papers.csv", "-o", "DIR/c", "--ledger", "DIR/no/such/ledger.csv"], "ledger"),
        (["search", "DIR/missing", "x"], "does not exist"),
        (["search", "CORPUS", "x", "--limit", "-1"], "limit"),
        (["export", "CORPUS", "-o", "DIR/out.doc"], "suffix"),
        (["export", "CORPUS", "-o", "DIR/no/out.csv"], "cannot be written"),
        (["export", "CORPUS", "-o", "DIR/out.csv", "--years", "then"], "years"),
        (["export", "CORPUS", "-o", "DIR/out.csv", "--months", "2020"], "month"),
        (["export", "CORPUS", "-o", "DIR/out.csv", "--sort", "worst"], "no order"),
        (["serve", "DIR/missing.csv", "--no-browser"], "does not exist"),
    ],
)
def test_failures_say_why_and_return_1(
    arguments: list[str], says: str, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [argument.replace("CORPUS", str(corpus)).replace("DIR", str(tmp_path)) for argument in arguments]
    assert main(filled) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("litexplorer: ")
    assert says in err.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["build"],
        ["build", "x"],
        ["search", "x"],
        ["search", "x", "y", "--limit", "z"],
        ["search", "x", "--rank", "y", "--mode", "hybrid"],
    ],
)
def test_wrong_usage_returns_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage: litexplorer" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["build", "serve", "search", "export", "ledger"])
def test_every_command_explains_itself(name: str) -> None:
    done = command(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: litexplorer {name}")
    assert done.stderr == ""


def test_the_installed_command() -> None:
    done = command("--version")
    assert done.returncode == 0
    assert done.stdout.strip()
    assert command("search", "/no/such/corpus", "x").returncode == 1


def test_a_stop_is_130(monkeypatch: pytest.MonkeyPatch, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Corpus, "search", stop)
    assert main(["search", str(corpus), "x"]) == 130
    assert "stopped" in capsys.readouterr().err


@pytest.mark.parametrize("count", [3, 2_000])
def test_a_reader_that_goes_away_is_no_error(count: int, tmp_path: Path) -> None:
    """As under ``litexplorer search … | head -1``, whether the output fits the pipe's buffer or not."""
    Corpus.from_papers(pd.DataFrame({"title": [f"graph {i} of a series of many" for i in range(count)]}), tmp_path / "c")
    with subprocess.Popen(
        ["litexplorer", "search", str(tmp_path / "c"), "graph", "--limit", str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # With a buffer, as a user has it: a short output meets the closed pipe only at the end.
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_search_and_export_rank_by_concepts_and_meaning(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = open_files([sample])
    rank = "arithmetic + vision - benchmark"
    assert main(["search", str(sample), "--rank", rank, "--limit", "4", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [paper["id"] for paper in found] == corpus.rank(rank, limit=4)["id"].tolist()
    assert main(["search", str(sample), "model", "--rank", rank, "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [paper["id"] for paper in found] == corpus.select(Selection(query="model", rank=rank))["id"].tolist()[:20]
    assert main(["search", str(sample), "reasoning numbers", "--mode", "hybrid", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [paper["id"] for paper in found] == corpus.search("reasoning numbers", mode="hybrid", limit=20)["id"].tolist()
    target = tmp_path / "ranked.csv"
    assert main(["export", str(sample), "--query", "model", "--rank", rank, "--analysis", "-o", str(target)]) == 0
    frame = pd.read_csv(target, dtype={"id": "str"})
    assert frame["id"].tolist() == corpus.select(Selection(query="model", rank=rank))["id"].tolist()
    assert {"score", "part: arithmetic", "part: vision", "part: benchmark"} <= set(frame)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rank", "a + *"], "found '*'\n  a + *\n      ^"),
        (["--rank", "xyzzyx"], "no paper has"),
    ],
)
def test_concepts_that_cannot_be_say_so(
    arguments: list[str], says: str, sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", str(sample), *arguments]) == 1
    assert says.lower() in capsys.readouterr().err.lower()


def test_a_build_without_a_paper_leaves_the_corpus(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4\n\x00\xff")
    before = open_corpus(corpus).manifest
    assert main(["build", str(tmp_path / "paper.pdf"), "-o", str(corpus)]) == 1
    said = capsys.readouterr().err
    assert "a PDF" in said
    assert "no corpus was made" in said
    assert open_corpus(corpus).manifest == before


def test_every_format_is_exported_by_its_suffix_and_says_what_it_lost(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    offered = re.findall(
        r"\.[a-z]+\b", " ".join(capsys.readouterr().out.split()).partition("the format:")[2].partition("--query")[0]
    )
    assert set(offered) == {form.suffix for form in FORMATS}
    titles = open_corpus(corpus).select(Selection())["title"].dropna().tolist()
    assert len(titles) == 3
    for suffix in offered:
        written = tmp_path / f"out{suffix}"
        assert main(["export", str(corpus), "-o", str(written)]) == 0
        if suffix in (".xlsx", ".parquet"):
            assert read_papers(written)["title"].dropna().tolist() == titles
        else:
            text = written.read_text(encoding="utf-8")
            assert -1 < text.find(titles[0]) < text.find(titles[1]) < text.find(titles[2]), suffix
        assert "cannot hold" not in capsys.readouterr().err
        # Topics and scores are columns that these have no place for.
        assert main(["export", str(corpus), "--analysis", "-o", str(tmp_path / f"out{suffix}")]) == 0
        said = capsys.readouterr().err
        assert ("cannot hold" in said) == (suffix in (".ris", ".json", ".md", ".html", ".tex")), suffix


def test_lines_of_a_ledger_are_whole_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("title,doi\nA,nothing\nB,10.1000/b\n")
    (tmp_path / "b.jpg").write_bytes(bytes(range(256)))
    assert main(["build", str(tmp_path / "*.[cj]*"), "-o", str(tmp_path / "c"), "--ledger", str(tmp_path / "l.csv")]) == 0
    rows = pd.read_csv(tmp_path / "l.csv", dtype=str, keep_default_na=False)
    assert rows[["source", "line", "record"]].values.tolist() == [["a.csv", "2", "1"], ["b.jpg", "", "1"]]


def test_tables_are_taken_as_the_options_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_bytes("Kode|Wer|Wann\nSchäfchen|Müller, Jürgen|2010\n".encode("cp1252"))
    target = str(tmp_path / "c")
    assert main(["build", str(odd), "-o", target]) == 1
    assert "--column" in capsys.readouterr().err
    told = [
        "--column",
        "Kode=title",
        "--column",
        "Wer=authors",
        "--column",
        "Wann=year",
        "--delimiter",
        "|",
        "--encoding",
        "cp1252",
    ]
    assert main(["build", str(odd), "-o", target, *told]) == 0
    paper = open_corpus(target).table.slice(0, 1).to_pylist()[0]
    assert (paper["title"], paper["authors"], paper["year"]) == ("Schäfchen", ["Müller, Jürgen"], 2010)
    other = tmp_path / "other.csv"
    other.write_text("Titel\tJahr\nZiegen\t2011\n")
    assert main(["update", target, str(other), "--column", "Titel=title", "--column", "Jahr=", "--delimiter", "tab"]) == 0
    assert open_corpus(target).table.slice(1, 1).to_pylist()[0]["Jahr_text"] == "2011"
    capsys.readouterr()
    for wrong, says in (
        (["--column", "Titel"], "NAME=FIELD"),
        (["--delimiter", "||"], "one character"),
        (["--encoding", "x"], "encoding"),
    ):
        assert main(["build", str(odd), "-o", target, *wrong]) == 1
        assert says in capsys.readouterr().err
    assert len(open_corpus(target)) == 2


def test_a_rule_about_a_record_that_is_not_there_says_so(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = open_corpus(corpus).table.column("id").to_pylist()[:2]
    assert main(["merges", str(corpus), "--never", first, "nosuch"]) == 0
    said = capsys.readouterr().err
    assert "no record 'nosuch'" in said
    assert first not in said
    assert main(["merges", str(corpus), "--never", first, second]) == 0
    assert "no record" not in capsys.readouterr().err


def test_update_says_how_many_papers_fit_no_topic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    titles = [f"{said} number {at}" for said in ("Graph networks of nodes", "Soil fungi of forests") for at in range(20)]
    pd.DataFrame({"title": titles}).to_csv(tmp_path / "first.csv", index=False)
    target = str(tmp_path / "corpus")
    assert main(["build", str(tmp_path / "first.csv"), "-o", target, "--topics", "2"]) == 0
    for more, expected in (
        (["Graph networks with more nodes", "Opus", "Quartet"], "3 papers added, 43 in all. 2 of the 3 fit no topic."),
        (["Sonata"], "1 paper added, 44 in all. It fits no topic."),
        (["Forests and soil fungi"], "1 paper added, 45 in all.\n"),
    ):
        pd.DataFrame({"title": more}).to_csv(tmp_path / "more.csv", index=False)
        capsys.readouterr()
        assert main(["update", target, str(tmp_path / "more.csv")]) == 0
        assert expected in capsys.readouterr().err
    assert set(open_corpus(target).topics.papers("none")) == set(
        open_corpus(target).papers.loc[lambda found: found["title"].isin(["Opus", "Quartet", "Sonata"]), "id"]
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["subscriptions", "--query", "graph"],
        ["subscriptions", "--mail", "a@b.org"],
        ["saved", "--url", "q=graph"],
        ["sources", "--daily"],
    ],
)
def test_what_is_to_be_made_is_not_answered_by_a_list(
    arguments: list[str], corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([arguments[0], str(corpus), *arguments[1:]])
    assert ended.value.code == 2
    assert "give it too" in capsys.readouterr().err


def test_a_corpus_and_something_else_exchanged_are_said(
    corpus: Path, papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    (folder / "more.csv").write_text(PAPERS)
    for command, other in (("update", papers), ("update", folder), ("search", "graph"), ("remove", "p-1")):
        assert main([command, str(other), str(corpus)]) == 1
        said = capsys.readouterr().err
        assert f"{other} is no corpus, but {corpus} is: the two seem exchanged. Write: litexplorer {command} {corpus}" in said
        assert said.rstrip().endswith(shlex.quote(str(other)))
    # Where it cannot be that, the error itself is said.
    assert main(["update", str(papers), str(papers)]) == 1
    assert f"{papers} is no corpus. Make one with: litexplorer build {papers} -o DIR" in capsys.readouterr().err
    assert main(["undo", str(folder)]) == 1
    assert f"litexplorer build {folder} -o DIR" in capsys.readouterr().err
    assert main(["undo", str(tmp_path / "none")]) == 1
    assert f"litexplorer build FILE -o {tmp_path / 'none'}" in capsys.readouterr().err


def test_a_corpus_is_no_folder_of_files(corpus: Path, papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The files that it is made of are no papers, also where it lies among the files that it was made from."""
    for command in (
        ["build", str(corpus), "-o", str(tmp_path / "other")],
        ["build", str(papers), str(corpus), "-o", str(tmp_path / "other")],
        ["update", str(corpus), str(corpus)],
        ["serve", str(corpus), str(papers), "--no-browser"],
    ):
        assert main(command) == 1
        said = capsys.readouterr().err
        assert f"{corpus} is a corpus, and no folder of files" in said
        assert f"litexplorer export {corpus} -o FILE.jsonl" in said
    assert not (tmp_path / "other").exists()
    assert main(["build", str(tmp_path), "-o", str(tmp_path / "corpus")]) == 0
    assert "4 records read" in capsys.readouterr().err


def test_a_folder_that_no_corpus_can_be_in_is_said_before_anything_is_read(
    papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["build", "missing.csv"], ["fetch", "hf", "--daily", "2026-06-12"]):
        assert main([*command, "-o", str(papers)]) == 1
        assert f"{papers} cannot be written" in capsys.readouterr().err
        assert main([*command, "-o", str(tmp_path)]) == 1
        assert f"{tmp_path} holds other files" in capsys.readouterr().err
