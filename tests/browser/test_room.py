"""Room that is kept: what is said, filtered or chosen moves nothing and covers nothing; and names that can be read in every size."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Open, tab
from .driver import Board, place_of
from .servers import Server

SHIFTS = """() => { window.lxShift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    window.lxShift += entry.value; })).observe({ type: "layout-shift", buffered: false }); }"""

TOPICS = ("Convolutional neural networks of images", "Bayesian inference of estimators", "Atoms in optical lattices")


@pytest.fixture(scope="package")
def formulas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Papers without votes, of topics with long names, one with a formula."""
    papers = [
        {
            "title": f"{TOPICS[n % 3]}, part {n}",
            "abstract": f"We study {TOPICS[n % 3].lower()}.",
            "date": f"2024-0{1 + n % 6}-1{n % 4}",
        }
        for n in range(90)
    ]
    papers.append({"title": r"Bounds of $x_i$ and $n^{-\gamma}$ in snake_case", "abstract": "Bounds.", "date": "2024-06-20"})
    path = tmp_path_factory.mktemp("formulas") / "formulas.json"
    path.write_text(json.dumps(papers), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def formulas_tab(browser: Browser, voila: Callable[..., Server], formulas: Path) -> Iterator[Board]:
    with tab(browser, voila(formulas)) as board:
        yield board


@pytest.fixture
def formulas_board(formulas_tab: Board) -> Board:
    """A page on those papers that stays open."""
    return formulas_tab.as_at_first(91)


def test_what_is_wrong_with_a_query_covers_no_paper_and_moves_none(kept_board: Board) -> None:
    board = kept_board
    for width, word in ((1440, "vision"), (720, "language"), (390, "vision")):
        board.sized(width, 800)
        # Another word each time: of the same one nobody can tell whether it was answered.
        board.search(word)
        expect(board.error).to_be_hidden()
        expect(board.sentence).to_contain_text(f"matching ‘{word}’")
        board.answered()
        before = place_of(board.sentence)
        board.enter(f"{word} AND (")
        expect(board.error).to_contain_text("parenthesis")
        error, sentence, box = place_of(board.error), place_of(board.sentence), place_of(board.box)
        assert (sentence["x"], sentence["y"]) == (before["x"], before["y"]), width
        assert box["y"] + box["height"] <= error["y"] + 1, width
        assert error["y"] + error["height"] <= sentence["y"] + 1, width
        # A line and not a field: where two are needed they are seen.
        assert board.error.evaluate("(node) => node.scrollHeight - node.clientHeight") <= 1, width
    board.search("vision")
    expect(board.error).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 720])
def test_the_first_filter_moves_nothing_above_the_papers(kept_board: Board, width: int) -> None:
    board = kept_board.sized(width, 800)
    still = [board.root.locator(f".lx-{name}").first for name in ("search", "ledger-summary", "topics", "sentence")]
    # Where what is in it begins: words that end at the right may have a box that gives way to chips.
    place = """(node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [range.getBoundingClientRect().x, range.getBoundingClientRect().y];
    }"""
    before = [node.evaluate(place) for node in still]
    board.search("vision")
    expect(board.sentence).to_contain_text("matching ‘vision’")
    after = [node.evaluate(place) for node in still]
    assert after == before


@pytest.mark.slow
def test_a_sentence_of_two_lines_and_a_chosen_topic_move_nothing(formulas_board: Board) -> None:
    board = formulas_board
    expect(board.topics.first).to_be_visible()
    names = board.root.locator(".lx-frame .lx-topic-name")

    def places() -> list[tuple[str, float, float]]:
        found: list[tuple[str, float, float]] = names.evaluate_all(
            "(all) => all.map((name) => [name.textContent, name.getBoundingClientRect().top, name.getBoundingClientRect().height])"
        )
        return sorted(found)

    before, list_at = places(), place_of(board.root.locator(".lx-papers"))
    board.page.evaluate(SHIFTS)
    board.topic(0).click()
    board.page.mouse.move(5, 5)
    board.topic(1).click()
    expect(board.sentence).to_contain_text(re.compile("topics? "))
    assert board.sentence.evaluate("(node) => node.getClientRects().length") == 1
    after, list_now = places(), place_of(board.root.locator(".lx-papers"))
    assert list_now["y"] == list_at["y"]
    assert after == before
    assert board.page.evaluate("window.lxShift") < 0.02
    # What is too long for two lines is in the tooltip, and heard as a whole.
    assert board.sentence.get_attribute("title") == board.sentence.text_content()


@pytest.mark.slow
def test_a_slow_ranking_by_concepts_keeps_its_room_from_the_first(voila_board: Board) -> None:
    board = voila_board
    late = SHIFTS.replace("window.lxShift += entry.value;", "if (!entry.hadRecentInput) window.lxShift += entry.value;")
    board.page.evaluate(late)
    # What the reader asks for takes longer to come than what follows an act may take.
    board.page.evaluate(
        """() => {
            const { send } = WebSocket.prototype;
            WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), 1200); };
        }"""
    )
    awaited = board.root.locator(".lx-concepts[inert]")
    chips = board.root.locator(".lx-concepts:not([inert]) .lx-concept")
    for width, height in ((1440, 900), (720, 450), (390, 844)):
        board.sized(width, height)
        board.page.evaluate("window.lxShift = 0")
        board.search("= learning + reasoning - vision")
        expect(awaited.locator(".lx-concept-label")).to_have_text(["learning", "reasoning", "vision"])
        expect(chips).to_have_count(3)
        expect(board.root.locator(".lx-parts").first).to_be_visible()
        board.answered()
        assert board.page.evaluate("window.lxShift") < 0.02, width
        board.root.locator(".lx-concepts").get_by_role("button", name="Clear", exact=True).click()
        expect(board.root.locator(".lx-concept")).to_have_count(0)
        board.answered()
    # One that is refused leaves no room behind, and stays in the box to be mended.
    board.search("= learning + + (")
    expect(board.error).to_be_visible()
    expect(board.root.locator(".lx-concepts")).to_be_hidden()
    expect(board.root.locator(".lx-parts-legend")).to_have_count(0)


def test_a_formula_has_its_signs_below_and_above_the_line(formulas_board: Board) -> None:
    board = formulas_board
    board.search("bounds")
    title = board.titles.first
    expect(title).to_contain_text("snake_case")
    expect(title.locator("sub")).to_have_text("i")
    expect(title.locator("sup")).to_have_text("-γ")
    board.search("title:x")
    expect(title.locator("mark").first).to_have_text("x")
    expect(title.locator("sub")).to_have_text("i")


def test_a_day_is_not_ordered_by_votes_that_nobody_cast(formulas_board: Board) -> None:
    board = formulas_board
    board.button("Daily").click()
    orders = board.root.get_by_role("group", name="Order").get_by_role("button")
    expect(orders).to_have_text(["Newest first", "Trending"])
    board.root.locator(".lx-feed").get_by_role("button", name="Month").click()
    days = board.root.locator(".lx-feed-why")
    expect(days.first).to_have_text("dated 2024-06-20")
    said = days.all_text_contents()
    assert said == sorted(said, reverse=True)
    assert "Most upvotes" not in (board.root.get_by_label("Sort by").text_content() or "")


@pytest.mark.slow
def test_a_day_is_ordered_by_votes_where_there_are_some(open_voila: Open, tmp_path: Path) -> None:
    papers = [{"title": f"Lake {n}", "date": "2024-06-20", "upvotes": n} for n in (3, 9, 5)]
    path = tmp_path / "voted.json"
    path.write_text(json.dumps(papers), encoding="utf-8")
    board = open_voila(path)
    board.button("Daily").click()
    expect(board.root.get_by_role("group", name="Order").get_by_role("button")).to_have_text(["Most upvotes", "Trending"])
    expect(board.root.locator(".lx-feed-title")).to_have_text(["Lake 9", "Lake 5", "Lake 3"])


def test_the_buttons_of_the_bar_have_names_that_can_be_read(kept_board: Board) -> None:
    row = kept_board.root.locator(".lx-bar-row")
    names = ["Saved", "Screen", "Daily", "Subscribe", "Add", "Export"]
    for width in (1440, 1100, 1024, 720, 390, 360):
        kept_board.sized(width, 800)
        for name in [*names, *(["Filters"] if width <= 1024 else [])]:
            label = row.locator("button span", has_text=re.compile(f"^{name}( papers)?$")).first
            expect(label).to_be_visible()
            room = label.evaluate(
                """(span) => {
                  const [box, button] = [span, span.closest("button")].map((node) => node.getBoundingClientRect());
                  return [box.width, box.left - button.left, button.right - box.right, button.left, innerWidth - button.right];
                }"""
            )
            assert room[0] > 14, (width, name)
            assert min(room[1:]) > -2, (width, name, room)
