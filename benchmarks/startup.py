"""From a click on a link to the first chart: the dashboard beside pages that hold one text box or one figure, in Chromium.

``python -m benchmarks.startup``. Five servers run side by side: the dashboard (``litexplorer serve``) on the corpus; and pages of one
`ipywidgets.Text`, and of fifteen bars as one plotly `FigureWidget`, each as a plain Voila serves it in its own template, and as our
server does in ours, with our settings. The text box in Voila's template is what a reader meets elsewhere; the one in ours is what is
below our page and cannot be gained there: a kernel, the widgets' own scripts, one widget, and what our template loads.

Each page has a browser profile of its own, so that the first visit fills the cache that the others use. The time is the page's own,
from the start of navigation to the frame after the text box, the widget's bars or the dashboard's first chart is there. A second time is
that of the first interaction that a kernel answered: as soon as the page has it, a query is typed into the dashboard, and a letter into
the text box, whose kernel writes it into a label. Visits alternate, so that what else the machine does falls on all alike. Beside the
dashboard stand one that keeps no kernel ready, and what a kernel that is kept ready takes of memory.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

import explorer
from benchmarks import report
from benchmarks.corpus import built
from benchmarks.data import SOURCES, arguments
from explorer.server import server as explorer_server
from explorer.server.admission import Admission, memory_there, sizes
from tests.browser.find import ARGUMENTS, executable

TEXT_BOX = (
    "import ipywidgets\nbox, label = ipywidgets.Text(), ipywidgets.Label()\n"
    "box.observe(lambda change: setattr(label, 'value', 'heard ' + change.new), names='value')\nipywidgets.VBox([box, label])"
)
FIGURE_WIDGET = "import plotly.graph_objects as go\ngo.FigureWidget(go.Bar(x=list(range(15)), y=list(range(15))))"

_WATCH = """
(() => {
  const seen = (name) => requestAnimationFrame(() => { window[name] ??= performance.now(); });
  let acted = false;
  const look = () => {
    if (window.__ready === undefined && document.querySelector(SELECTOR)) seen("__ready");
    const box = BOX && document.querySelector(BOX);
    if (box && !acted) {
      acted = true;
      box.focus();
      box.value = "v";
      for (const kind of ["input", "change", "keyup"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
      box.form?.requestSubmit();
    }
    const answer = (ANSWER && document.querySelector(ANSWER)?.textContent) || "";
    if (acted && window.__answered === undefined && new RegExp(SAYS).test(answer)) seen("__answered");
    if (window.__answered === undefined) requestAnimationFrame(look);
  };
  if (SELECTOR) requestAnimationFrame(look);
})();
"""
_PATIENCE = 120_000
_APART = 4.0
"""Seconds between two visits, in which the kernel of the one before ends and the next is made ready, for every page alike."""


@dataclass
class Visit:
    """One page load: milliseconds to what it is for and to the first answer, bytes by HTTP as transferred, bytes by web socket."""

    ready: float
    answered: float
    transferred: int
    socket_bytes: int


@dataclass
class Site:
    """A page to visit: where it is, what shows that it is there, where to type and where the answer stands, and the visits so far."""

    name: str
    url: str
    selector: str
    box: str
    answer: str
    says: str
    first: Visit | None = None
    repeats: list[Visit] = field(default_factory=list)


def chromium() -> str:
    """Path of the browser, as the browser tests find it."""
    found = executable()
    if found is None:
        raise SystemExit("No Chromium was found. Run make browser, or name one in LITEXPLORER_CHROMIUM.")
    return str(found)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def server(command: list[str], port: int, log: Path) -> Iterator[str]:
    """Run a server until the block ends; gives its address once it answers."""
    url = f"http://127.0.0.1:{port}/"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            for _ in range(600):
                if process.poll() is not None:
                    raise SystemExit(f"A server ended: {' '.join(command)}\n{log.read_text()[-2000:]}")
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def notebook(source: str, path: Path) -> Path:
    """Write a notebook of one cell."""
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "show",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


def voila(path: Path) -> tuple[list[str], int]:
    """Command of a plain Voila on a notebook, and its port."""
    port = free_port()
    return [sys.executable, "-m", "voila", str(path), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"], port


def in_our_template(path: Path) -> tuple[list[str], int]:
    """Command of our server on another notebook, and its port."""
    port = free_port()
    return [sys.executable, "-m", "benchmarks.startup", "--serve", str(path), "--port", str(port)], port


def serve_notebook(path: str, port: int) -> None:
    """Serve another notebook as we serve ours."""
    here = str(Path(explorer_server.__file__).parent)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (here, os.environ.get("JUPYTER_PATH"))))
    config = explorer_server.settings(ip="127.0.0.1", port=port, token=None, cull_after=600, browser=False)
    config.Voila.tornado_settings["explorer_ready"] = lambda: None
    config.Voila.tornado_settings["explorer_doors"] = explorer_server.Doors(Admission(100, memory_there(), sizes))
    # Nothing is downloaded from these pages, but the server looks after the folder all the same.
    (downloads := Path(path).parent / "downloads").mkdir()
    config.Voila.tornado_settings["explorer_downloads"] = str(downloads)
    app = explorer_server.ExplorerServer(config=config)
    app.initialize([path])
    app.start()


def visit(context: Any, site: Site) -> Visit:
    """Load a page and wait for what it is for."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    transferred = [0]
    frames = [0]
    network.on("Network.loadingFinished", lambda event: transferred.append(int(event["encodedDataLength"])))
    page.on("websocket", lambda opened: opened.on("framereceived", lambda data: frames.append(_size(data))))
    script = _WATCH
    for name, value in (("SELECTOR", site.selector), ("BOX", site.box), ("ANSWER", site.answer), ("SAYS", site.says)):
        script = script.replace(name, json.dumps(value))
    page.add_init_script(script)
    page.goto(site.url, wait_until="commit")
    try:
        page.wait_for_function("window.__ready !== undefined", timeout=_PATIENCE)
        if site.box:
            page.wait_for_function("window.__answered !== undefined", timeout=_PATIENCE)
    except PlaywrightTimeout:
        print(f"{site.name}: nothing was drawn within {_PATIENCE // 1000} s; the visit is left out.", file=sys.stderr)
    # What is still on its way belongs to the visit too.
    page.wait_for_timeout(1500)
    ready = float(page.evaluate("window.__ready ?? NaN"))
    answered = float(page.evaluate("window.__answered ?? NaN"))
    # Leaving the page ends its kernel; one that is kept ready is started meanwhile.
    page.goto("about:blank")
    page.close()
    time.sleep(_APART)
    return Visit(ready, answered, sum(transferred), sum(frames))


def _seen(site: Site, made: Visit) -> Visit:
    """Tell of a visit at once: on a busy machine a run may not come to its end."""
    print(
        f"{site.name}: {made.ready:.0f} ms, answered {made.answered:.0f} ms, {made.transferred / 1e6:.2f} MB", file=sys.stderr
    )
    return made


def _size(data: str | bytes) -> int:
    return len(data.encode()) if isinstance(data, str) else len(data)


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], 100_000)
    parser.add_argument("--visits", type=int, default=9, metavar="N", help="repeat visits of each page (default: 9)")
    parser.add_argument("--only", nargs="*", metavar="PAGE", help="pages whose name begins so (default: all)")
    parser.add_argument(
        "--visits-file",
        type=Path,
        metavar="FILE",
        help="add to the visits of earlier runs that are kept there, and tell of all",
    )
    parser.add_argument("--serve", metavar="NOTEBOOK", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_notebook(options.serve, options.port)
        return
    corpus = built(options.papers, options.data, options.snapshot)
    # pip compiles what it installs; a checkout may not have been.
    compileall.compile_dir(str(Path(explorer.__file__).parent), quiet=2)
    browser = chromium()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sites = list(_sites(stack, folder, corpus, tuple(options.only or [""])))
        playwright = stack.enter_context(sync_playwright())
        contexts = {}
        for number, site in enumerate(sites):
            profile = folder / f"profile-{number}"
            contexts[site.name] = playwright.chromium.launch_persistent_context(
                str(profile),
                executable_path=browser,
                headless=True,
                args=list(ARGUMENTS),
                viewport={"width": 1440, "height": 900},
            )
            stack.callback(contexts[site.name].close)
        earlier = _earlier(options.visits_file, sites)
        for site in sites:
            # The server's own first page imports and compiles; that is no visitor's wait. The browser's cache stays empty.
            urllib.request.urlopen(site.url, timeout=120).read()
            site.first = _seen(site, visit(contexts[site.name], site))
        for turn in range(options.visits):
            # Each in turn comes after each other: the kernel of the page before is still ending when the next begins.
            for site in sites[turn % len(sites) :] + sites[: turn % len(sites)]:
                site.repeats.append(_seen(site, visit(contexts[site.name], site)))
            if options.visits_file:
                # A run that is cut short has added what it saw.
                options.visits_file.write_text(json.dumps(_told(sites, earlier)), encoding="utf-8")
        for site in sites:
            site.repeats[:0] = earlier[site.name]
        version = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    conditions = [
        report.versions("voila", "ipywidgets", "ipykernel", "anywidget", "plotly", "playwright"),
        f"{version}, 1440 × 900, servers on the same machine",
        f"corpus of {options.papers:,} papers; {len(sites[0].repeats)} repeat visits of each page, alternating; paired ratios are medians",
        SOURCES["arxiv"],
    ]
    report.heading("Start-up", conditions)
    bases = [site for site in sites if site.name.startswith("text box")]
    rows = []
    for site in sites:
        times = [visit.ready for visit in site.repeats if visit.ready == visit.ready]
        ratios = []
        for base in bases:
            ratios.append(_paired(site, base, "ready"))
        assert site.first is not None
        answers = [_paired(site, base, "answered") for base in bases] if site.box else [""] * len(bases)
        rows.append(
            [
                site.name,
                report.number(report.median(times)),
                report.number(min(times, default=float("nan"))),
                report.number(max(times, default=float("nan"))),
                *ratios,
                report.number(report.median([visit.answered for visit in site.repeats])) if site.box else "",
                *answers,
                report.number(report.median([visit.socket_bytes for visit in site.repeats]) / 1000),
                report.number(report.median([visit.transferred for visit in site.repeats]) / 1000),
                report.number(site.first.transferred / 1e6),
                report.number(site.first.ready),
            ]
        )
    head = ["page", "repeat visit, median ms", "least", "most", *(f"ratio to {base.name}, paired" for base in bases)]
    head += ["first answer, median ms", *(f"answer to {base.name}, paired" for base in bases)]
    report.table([*head, "web socket KB", "HTTP KB", "first visit MB", "first visit ms"], rows)


def _earlier(path: Path | None, sites: list[Site]) -> dict[str, list[Visit]]:
    """The repeat visits of earlier runs, by site."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else {}
    return {site.name: [Visit(**told) for told in kept.get(site.name, {}).get("repeats", [])] for site in sites}


def _told(sites: list[Site], earlier: dict[str, list[Visit]]) -> dict[str, Any]:
    return {
        site.name: {
            "first": asdict(site.first) if site.first else None,
            "repeats": [asdict(made) for made in (*earlier[site.name], *site.repeats)],
        }
        for site in sites
    }


def _paired(site: Site, base: Site, what: str) -> str:
    """Median of the ratios of visits that were made beside each other."""
    paired = [getattr(mine, what) / getattr(other, what) for mine, other in zip(site.repeats, base.repeats, strict=True)]
    return f"{report.median([ratio for ratio in paired if ratio == ratio]):.2f}"


def _sites(stack: ExitStack, folder: Path, corpus: Path, only: tuple[str, ...]) -> Iterator[Site]:
    boxed = (".widget-text input", ".widget-label:not(.widget-text *)", "heard v")
    for name, source, selector, asked in (
        ("text box", TEXT_BOX, ".widget-text input", boxed),
        ("figure widget", FIGURE_WIDGET, ".js-plotly-plot .barlayer .point path", ("", "", "")),
    ):
        path = notebook(source, folder / name.replace(" ", "-") / "page.ipynb")
        for whose, (command, port) in (("Voila's", voila(path)), ("our", in_our_template(path))):
            if not f"{name}, {whose} template".startswith(only):
                continue
            address = stack.enter_context(server(command, port, folder / f"{port}.log"))
            yield Site(f"{name}, {whose} template", address, selector, *asked)
    for name, ready in (("dashboard", 1), ("no kernel ready: dashboard", 0)):
        if not name.startswith(only):
            continue
        port = free_port()
        command = [sys.executable, "-m", "explorer.cli", "serve", str(corpus), "--no-browser", "--port", str(port)]
        address = stack.enter_context(server([*command, "--kernels-ready", str(ready)], port, folder / f"{port}.log"))
        if ready:
            print(f"A kernel that is kept ready: {_kernel_megabytes(port):.0f} MB", file=sys.stderr)
        shown = "#lx-boot svg[role=img], .lx-topic-rows > *"
        yield Site(name, address, shown, ".lx-app .lx-query", ".lx-app .lx-sentence", "‘v’")


def _kernel_megabytes(port: int) -> float:
    """What the kernel of a server that waits for its first reader takes, pages that others share counted once."""
    time.sleep(15)
    [process] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
    return sum(child.memory_full_info().pss for child in process.children(recursive=True)) / 1e6


if __name__ == "__main__":
    main()
