"""What is seen on the first screen and on paper, and what a reader marks: layout, compact rows, ticks, undo, the report."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import expect

from explorer import Corpus, Selection

from .conftest import Open
from .driver import Board, place_of
from .test_dashboard import expected_titles

SHIFTS = """() => { window.__shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.__shift += entry.value; })).observe({ type: "layout-shift", buffered: false }); }"""
"""The browser's own measure of what moved without being asked to."""


@pytest.mark.slow
def test_papers_and_topics_share_the_first_screen(kept_board: Board) -> None:
    board = kept_board
    for width, height in ((1440, 900), (1280, 800), (1180, 768), (1024, 768), (930, 768)):
        board.sized(width, height)
        paper, topic = place_of(board.titles.first), place_of(board.topic(0))
        # What lies behind the line at the bottom is not seen.
        assert paper["y"] + 20 < place_of(board.root.locator(".lx-status"))["y"], width
        assert board.page.evaluate("document.documentElement.scrollWidth") <= width
        assert topic["y"] + topic["height"] < height, width
        assert (topic["x"] > paper["x"] + 100) == (width >= 960), width


@pytest.mark.parametrize("size", [(390, 844), (720, 450)])
def test_a_window_without_room_for_both_opens_on_the_papers(open_voila: Open, size: tuple[int, int]) -> None:
    """The charts are folded to a line."""
    width, height = size
    touched = width == 390
    board = open_voila(viewport={"width": width, "height": height}, has_touch=touched, is_mobile=touched)
    assert place_of(board.titles.first)["y"] + 20 < height
    assert board.page.evaluate("document.documentElement.scrollWidth") <= width
    expect(board.button("Show the charts")).to_be_visible()
    # The name of a chart opens it.
    board.root.get_by_role("tab", name="Topics").click()
    expect(board.topics.first).to_be_visible()
    expect(board.button("Fold the charts")).to_be_visible()
    if touched:
        # A finger does not hover; and where the button stands above the strip of years, it chooses none of them.
        board.root.locator(".lx-topic-menu").nth(1).tap()
        expect(board.root.get_by_role("heading", name="Change it")).to_be_visible()
        expect(board.root.locator(".lx-chip")).to_have_count(0)
        assert "topic=" not in board.page.url and "year=" not in board.page.url
        # Nor does it over the values of a filter, which are left out at one touch.
        board.page.keyboard.press("Escape")
        board.root.get_by_role("button", name=re.compile("^Filters")).tap()
        leave_out = board.root.get_by_role("button", name=re.compile("^Exclude ")).first
        assert float(leave_out.evaluate("(button) => getComputedStyle(button).opacity")) > 0.5
        leave_out.tap()
        expect(board.root.locator(".lx-chip")).to_have_count(1)


def test_the_bar_is_one_row_and_leaves_room_for_a_query(kept_board: Board) -> None:
    """Also where the count is as long as that of a corpus of half a million, and the name as that of some files."""
    board = kept_board
    few = board.root.locator(".lx-count").inner_html()
    name = board.root.locator(".lx-name").text_content()
    board.root.locator(".lx-count").evaluate("(count) => { count.textContent = '588,092 of 588,092 papers'; }")
    board.root.locator(".lx-name").evaluate("(name) => { name.textContent = '2026-01-01 to 2026-03-31 and 10 more'; }")
    for width in (960, 1024, 1180, 1280, 1366, 1440, 1536):
        tops = (
            board.sized(width, 800)
            .root.locator(".lx-bar-row")
            .evaluate(
                """(row) => {
                  const shown = [...row.children].map((node) => node.getBoundingClientRect()).filter((box) => box.width > 1);
                  return shown.map((box) => box.top + box.height / 2);
                }"""
            )
        )
        assert max(tops) - min(tops) < 4, width
        assert place_of(board.box)["width"] > 120, width
        # The name of the program is whole, or is not there.
        assert board.root.locator(".lx-kicker").evaluate("name => name.scrollWidth <= name.clientWidth"), width
        assert board.page.evaluate("document.documentElement.scrollWidth") <= width
        expect(board.root.locator(".lx-count")).to_have_text("588,092 of 588,092 papers")
    board.root.locator(".lx-count").evaluate("(count, few) => { count.innerHTML = few; }", few)
    board.root.locator(".lx-name").evaluate("(node, name) => { node.textContent = name; }", name)


def test_buttons_of_a_panel_look_the_same_in_every_window(kept_board: Board) -> None:
    kept_board.sized(1440, 844).root.locator(".lx-saved-button").click()
    save = kept_board.root.get_by_role("dialog", name="Saved searches").get_by_role("button", name="Save", exact=True)
    seen = "node => { const { borderColor, paddingLeft } = getComputedStyle(node); return [borderColor, paddingLeft]; }"
    expect(save).to_be_visible()
    wide = save.evaluate(seen)
    kept_board.sized(390, 844)
    assert save.evaluate(seen) == wide
    kept_board.sized(1440, 900).page.keyboard.press("Escape")
    expect(save).to_be_hidden()


def test_the_line_above_the_list_is_one_at_every_count(kept_board: Board) -> None:
    """So that no paper moves where a search leaves more or fewer of them."""
    board = kept_board
    for width in (1440, 1280, 1240, 1024, 960, 720, 390):
        line, place = board.sized(width, 800).root.locator(".lx-toolbar"), board.root.locator(".lx-place")
        place.evaluate("(node) => { node.innerHTML = '<strong>1–25</strong> of 588,092'; }")
        assert place_of(line)["height"] < 50, width


def test_a_line_of_facts_ends_between_them(kept_board: Board) -> None:
    """And not within the last author's name, which stuck to the dot and to what follows it."""
    board = kept_board.sized(390, 844)
    rows = board.root.locator(".lx-meta").first.evaluate(
        """(meta) => {
          meta.querySelectorAll("bdi")[0].textContent = "Ann Aa, Ben Bb";
          meta.style.width = "max-content";
          const whole = meta.getBoundingClientRect().width;
          // As wide as it needs but for a letter of the date.
          meta.style.width = `${whole - 6}px`;
          const name = meta.querySelector("bdi").getClientRects().length;
          const [last, date] = [meta.querySelector("bdi"), meta.querySelector(".lx-date")].map((part) => part.getBoundingClientRect());
          meta.style.width = "";
          return { name, below: date.top > last.bottom - 4 };
        }"""
    )
    assert rows == {"name": 1, "below": True}


def test_a_paper_that_is_opened_moves_no_other(kept_board: Board) -> None:
    board = kept_board
    before = [place_of(board.titles.nth(place)) for place in range(4)]
    board.titles.nth(1).click()
    expect(board.reader).to_be_visible()
    assert [place_of(board.titles.nth(place)) for place in range(4)] == before
    # It lies over the charts, and not over the list.
    assert place_of(board.reader)["x"] >= before[0]["x"] + before[0]["width"] - 2


def test_nothing_moves_while_a_query_is_typed(kept_board: Board) -> None:
    board = kept_board
    board.page.evaluate(SHIFTS)
    before = place_of(board.root.locator(".lx-sentence")), place_of(board.root.locator(".lx-topics"))
    board.box.press_sequentially("reasoning model", delay=120)
    expect(board.chips).to_have_count(1)
    after = place_of(board.root.locator(".lx-sentence")), place_of(board.root.locator(".lx-topics"))
    assert [(place["x"], place["y"]) for place in after] == [(place["x"], place["y"]) for place in before]
    assert board.page.evaluate("window.__shift") < 0.02


def test_compact_rows_are_half_as_high(voila_board: Board) -> None:
    board = voila_board
    papers = board.root.locator(".lx-paper")
    high = sum(place_of(papers.nth(place))["height"] for place in range(10))
    board.button("Compact").click()
    expect(board.button("Compact")).to_have_attribute("aria-pressed", "true")
    assert sum(place_of(papers.nth(place))["height"] for place in range(10)) < high / 2
    board.page.reload()
    board.wait()
    expect(board.button("Compact")).to_have_attribute("aria-pressed", "true")


def test_charts_fold_and_stay_folded(voila_board: Board) -> None:
    board = voila_board
    wide = place_of(board.root.locator(".lx-papers"))["width"]
    board.button("Fold the charts").click()
    expect(board.topics.first).to_be_hidden()
    assert place_of(board.root.locator(".lx-papers"))["width"] > wide + 100
    board.page.reload()
    board.wait()
    expect(board.topics.first).to_be_hidden()
    board.button("Show the charts").click()
    expect(board.topics.first).to_be_visible()


# What a reader marks


@pytest.mark.slow
def test_ticks_last(voila_board: Board) -> None:
    board = voila_board
    ticks = board.root.locator(".lx-tick")
    place = place_of(ticks.nth(1))
    board.titles.nth(1).focus()
    board.page.keyboard.press("j")
    board.page.keyboard.press("x")
    expect(ticks.nth(2)).to_be_checked()
    ticked = board.root.locator(".lx-ticked")
    # What can be done with them is in sight, and the list stays under the pointer.
    expect(ticked).to_contain_text("1 ticked")
    expect(ticked).to_be_in_viewport()
    assert place_of(ticks.nth(1)) == place
    ticks.nth(4).check()
    expect(ticked).to_contain_text("2 ticked")
    names = [board.titles.nth(place).text_content() or "" for place in (2, 4)]
    board.button("More like these").click()
    expect(board.chips).to_have_count(2)
    expect(ticked).to_contain_text("2 ticked")
    board.page.reload()
    board.wait()
    expect(ticked).to_contain_text("2 ticked")
    board.button("Clear all").click()
    board.button("Show ticked").click()
    expect(board.titles).to_have_text(names)
    board.button("Show ticked").click()
    expect(board.titles).to_have_count(25)
    board.button("Untick all").click()
    expect(ticked).to_be_empty()
    board.page.reload()
    board.wait()
    expect(ticked).to_be_empty()


def test_a_paper_is_read_by_an_act(voila_board: Board) -> None:
    board = voila_board
    board.page.clock.install()
    board.titles.first.click()
    expect(board.reader).to_be_visible()
    board.page.clock.run_for(60_000)
    expect(board.reader.get_by_role("button", name="Mark as read")).to_have_attribute("aria-pressed", "false")
    board.page.keyboard.press("m")
    expect(board.reader.get_by_role("button", name="Mark as read")).to_have_attribute("aria-pressed", "true")
    board.page.keyboard.press("m")
    expect(board.reader.get_by_role("button", name="Mark as read")).to_have_attribute("aria-pressed", "false")


def test_ctrl_z_undoes(kept_board: Board) -> None:
    board = kept_board
    board.click_bar(0)
    expect(board.chips).to_have_count(1)
    board.page.keyboard.press("Control+z")
    expect(board.chips).to_have_count(0)
    board.page.keyboard.press("Control+Shift+z")
    expect(board.chips).to_have_count(1)
    # In the search box it undoes what was typed.
    board.box.press_sequentially("vision")
    expect(board.chips).to_have_count(2)
    board.page.keyboard.press("Control+z")
    expect(board.chips.nth(0)).to_be_visible()
    assert board.box.input_value() != "vision"


# The reasons


@pytest.mark.slow
def test_why_is_on_the_scale_of_the_bar(voila_board: Board) -> None:
    board = voila_board
    board.page.goto(f"{board.server.url}?rank=reasoning+%2B+vision+-+benchmark")
    board.wait()
    paper = board.root.locator(".lx-paper").first
    told = paper.locator(".lx-parts").get_attribute("title") or ""
    paper.locator(".lx-why").click()
    reasons = paper.locator(".lx-reasons")
    expect(reasons).to_contain_text("For it:")
    amounts = dict(
        zip(
            reasons.get_by_role("rowheader").all_text_contents(),
            reasons.locator(".lx-amount").all_text_contents(),
            strict=True,
        )
    )
    assert {f"{name} {amount}" for name, amount in amounts.items()} == set(told.partition(";")[0].split(", "))
    # In the colours of the bar, too.
    colour = "node => getComputedStyle(node).getPropertyValue('--part')"
    legend = board.root.locator(".lx-parts-key")
    swatches = [legend.nth(place).locator(".lx-parts-swatch").evaluate(colour) for place in range(legend.count())]
    colours = dict(zip(legend.all_text_contents(), swatches, strict=True))
    bars = reasons.locator(".lx-reason-bar")
    assert [bars.nth(place).evaluate(colour) for place in range(bars.count())] == [colours[name] for name in amounts]
    assert len(set(colours.values())) == 3
    total = re.search(r"in all ([+−][\d.]+)", told)
    assert total is not None
    expect(reasons).to_contain_text(f"In all {total[1]} against the average paper")


def test_a_topic_is_chosen_by_its_bar_and_lines_that_are_asked_for_are_in_sight(kept_board: Board) -> None:
    board = kept_board
    for width in (1440, 390):
        board.sized(width, 844)
        place = place_of(board.topics.nth(2).locator(".lx-topic-share"))
        board.page.mouse.click(place["x"] + 10, place["y"] + place["height"] / 2)
        expect(board.chips).to_have_count(1)
        expect(board.topic(2)).to_have_attribute("aria-pressed", "true")
        board.page.mouse.click(place["x"] + 10, place["y"] + place["height"] / 2)
        expect(board.chips).to_have_count(0)
    # Names of periods lie beside each other, however long they are.
    periods = board.root.locator(".lx-axis-period")
    for width in (1440, 1024, 390):
        board.sized(width, 844)
        for by, name in (("Month", re.compile(r"-\d\d$")), ("Quarter", re.compile(r"-Q\d$")), ("Year", re.compile(r"^\d{4}$"))):
            board.root.locator(f"[data-key='by:{by.lower()}']").click()
            # Where the strips are narrow, by their years.
            expect(periods.first).to_have_text(re.compile(r"^\d{4}$") if width == 1024 else name)
            boxes = sorted(
                periods.evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect())"), key=lambda box: box["x"]
            )
            assert len(boxes) > 1
            assert all(one["right"] < other["x"] for one, other in pairwise(boxes)), (width, by)
    board.sized(1440, 560)
    hint = board.root.locator(".lx-lines-hint")
    board.button("Lines").click()
    expect(hint).to_be_in_viewport(ratio=0.9)


def test_a_suggested_axis_is_drawn_by_one_click(voila_board: Board) -> None:
    board = voila_board
    board.root.get_by_role("button", name=re.compile("^Axes")).click()
    tried = board.root.get_by_role("button", name=re.compile("^Try .* ↔ "))
    suggested = (tried.text_content() or "").removeprefix("Try ")
    # The boxes name it while they are empty, so that drawing them draws it too.
    board.button("Draw").click()
    expect(board.chips).to_have_text([f"Along ‘{suggested}’"])
    board.button("Clear all").click()
    tried.click()
    told = board.root.locator(".lx-axes-fact")
    expect(told).to_contain_text(re.compile(r"Puts (9\d|100) of 100 pairs of papers"))
    assert "AUC" not in (told.text_content() or "")
    # What was asked for is in sight.
    expect(board.root.locator(".lx-axes-chart")).to_be_in_viewport(ratio=0.9)


# On paper


def test_a_report_is_printed(voila_board: Board, corpus: Corpus, tmp_path: Path) -> None:
    board = voila_board
    board.page.evaluate("window.print = () => { window.__printed = document.querySelector('.lx-report').innerHTML; }")
    board.search("reasoning")
    # What is printed is what is shown when it is asked for.
    expect(board.titles).to_have_text(expected_titles(corpus, Selection(query="reasoning"))[:25])
    board.page.get_by_role("button", name="Export").click()
    board.page.get_by_role("button", name=re.compile("^Print or PDF")).click()
    board.page.wait_for_function("window.__printed")
    report = board.root.locator(".lx-report")
    found = expected_titles(corpus, Selection(query="reasoning"))
    assert len(found) > 25
    assert report.locator(".lx-report-papers strong").all_text_contents() == found
    assert report.locator("h1").text_content() == board.sentence.text_content()
    assert report.locator(".lx-topic-row").count() == board.topics.count()
    made = report.locator(".lx-report-made").text_content() or ""
    assert "Wilson (1927)" in made
    assert "corpus.select(" in made
    assert "reasoning" in made.partition("Python")[2]
    # On the screen it is not seen, on paper nothing else is.
    expect(report).to_be_hidden()
    board.page.emulate_media(media="print")
    expect(report).to_be_visible()
    # What is hatched lies over the periods that it is said of, however wide the paper is.
    board.sized(794, 1123)
    hatched = """(report) => {
        const strip = report.querySelector(".lx-heat").getBoundingClientRect();
        return [...report.querySelectorAll(".lx-topic-row:first-child .lx-topic-hatch > *")].map((span) => {
            const at = span.getBoundingClientRect();
            return [(at.left - strip.left) / strip.width, (at.right - strip.left) / strip.width];
        });
    }"""
    asked = """(grid) => [...grid.querySelectorAll(".lx-topic-hatch > *")].map((span) => ["--from", "--to"].map((end) =>
        Number(span.style.getPropertyValue(end))))"""
    told = board.root.locator(".lx-frame .lx-topic-grid").evaluate(asked)
    assert told
    assert report.evaluate(hatched) == [pytest.approx(ends, abs=0.01) for ends in told]
    board.sized(1440, 900)
    expect(board.root.locator(".lx-frame")).to_be_hidden()
    pdf = board.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 3
    board.page.emulate_media(media="screen")
    board.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(report).to_be_empty()


def test_ctrl_p_prints_the_report(kept_board: Board) -> None:
    board = kept_board
    board.page.evaluate("window.print = () => { window.__printed = document.querySelectorAll('.lx-report-papers li').length; }")
    board.box.blur()
    board.page.keyboard.press("Control+p")
    board.page.wait_for_function("window.__printed === 88")


# What changed the corpus


@pytest.mark.slow
def test_a_title_is_read_in_its_own_direction(open_voila: Open, tmp_path: Path) -> None:
    title = "\u05dc\u05de\u05d9\u05d3\u05d4 \u05e2\u05de\u05d5\u05e7\u05d4 (ASR) 2.0"  # "Deep learning (ASR) 2.0" in Hebrew
    path = tmp_path / "hebrew.csv"
    abstract = "\u05e9\u05d9\u05d8\u05d4 \u05d7\u05d3\u05e9\u05d4."
    pd.DataFrame({"title": [title], "abstract": [abstract], "year": [2024]}).to_csv(path, index=False)
    board = open_voila(path)
    where = """(element, [first, last]) => {
        const found = [];
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node; (node = walker.nextNode()); )
            for (const place of [first, last]) {
                const at = node.data.indexOf(place);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                found.push([place, range.getBoundingClientRect().x]);
            }
        return Object.fromEntries(found);
    }"""
    board.titles.first.click()
    reader = board.reader.get_by_role("heading", level=2)
    expect(reader).to_have_text(title)
    # What comes last stands furthest to the left.
    for heading in (board.titles.first, reader):
        places = heading.evaluate(where, ["\u05dc", "2"])
        assert places["2"] < places["\u05dc"], places
    for text in (board.root.locator(".lx-snippet"), board.reader.locator(".lx-abstract")):
        places = text.evaluate(where, ["\u05e9", "."])
        assert places["."] < places["\u05e9"], places
    # One paper is one paper wherever it is counted.
    expect(board.said).to_have_text("1 of 1 paper")
    expect(board.root.locator(".lx-count")).to_have_text("1 of 1 paper")


@pytest.fixture(scope="module")
def refs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("refs") / "refs.csv"
    rows = [(f"r{place}", f"Paper {place} on tides and rivers", 2015 + place % 8) for place in range(30)]
    pd.DataFrame(rows, columns=["id", "title", "year"]).to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_an_addition_is_taken_back(open_voila: Open, refs: Path) -> None:
    board = open_voila(refs)
    board.shows(30)
    more = {"name": "more.csv", "mimeType": "text/csv", "buffer": b"title,year\nA grammar of whale song,2018\n"}
    board.button("Add papers").click()
    board.page.locator("input[type=file][multiple]").first.set_input_files([more])  # type: ignore[list-item]
    board.page.get_by_role("button", name=re.compile("^Add 1 paper")).click()
    # The dialog closes, and the status line says where they are.
    done = board.root.locator(".lx-status")
    expect(done).to_contain_text("your files stay as they are")
    board.page.keyboard.press("Escape")
    board.shows(31)
    # The plain address shows it too.
    board.page.goto(board.server.url)
    board.wait()
    board.shows(31)
    board.button("Add papers").click()
    again = {"name": "again.csv", "mimeType": "text/csv", "buffer": b"title,year\nSoil and its fungi,2019\n"}
    board.page.locator("input[type=file][multiple]").first.set_input_files([again])  # type: ignore[list-item]
    board.page.get_by_role("button", name=re.compile("^Add 1 paper")).click()
    expect(done).to_contain_text("Added 1 paper from again.csv")
    board.page.keyboard.press("Escape")
    board.shows(32)
    board.button("Take back").click()
    board.shows(31)
    expect(board.said).to_contain_text("Taken back: added 1 paper from again.csv")
    board.page.goto(board.server.url)
    board.wait()
    board.shows(31)
