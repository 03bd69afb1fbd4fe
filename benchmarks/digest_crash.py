"""Kill the update of a corpus and its digest again and again, and count what every subscriber got.

``python -m benchmarks.digest_crash [FOLDER] --kills 200`` on an archive of Hugging Face's daily papers, one JSON file a day (default: hf_daily/
of the data). Where it has fewer days with papers than ``--days``, the papers of a day are dealt out to several days, in their order, and it is
said. The days are played in turn: the file of a day is laid into the folder that the corpus is kept up from, and ``litexplorer update`` and
``litexplorer digest`` are run, in a process of its own that is ended by SIGKILL at a random moment; then the same is run again until it ends by
itself. The kills are spread over the days at random; one that comes after the process ended counts for nothing, and is tried again on the next
day. One subscriber wants everything, one all papers ten at most an issue, one a search, and one the search twice, daily and weekly. In the end
every message is read: who should have a paper has it exactly once. ``--smtp`` sends to a server on this machine instead of
writing files; there a message whose answer the killed process did not see arrives again under the same Message-ID, which a mailbox shows
once and this script counts as one, and says how many these were.
"""

from __future__ import annotations

import argparse
import contextlib
import email
import email.policy
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.data import data_folder

CAP = 10
SEARCH = "video OR 3D OR agent"


def step(folder: Path, out: Path, port: int | None, today: date) -> None:
    """What a scheduler runs once a day: add what came to the sources, then the digest."""
    from explorer import open_corpus
    from explorer.cli.main import main as litexplorer
    from explorer.feed.digest import Digest, Setting, into_folder
    from explorer.feed.mail import Server, post

    if litexplorer(["update", str(folder)]):
        raise SystemExit("the update failed")
    # As `litexplorer digest` has it, but that the days of this script pass faster than the clock's.
    digest = Digest(open_corpus(folder).library, Setting(sender="digest@example.org"), today=today)
    if port is None:
        digest.run(into_folder(out))
    else:
        with post(Server("127.0.0.1", port, tls="none")) as opened:
            digest.run(opened.send)


def forked(folder: Path, out: Path, port: int | None, today: date, after: float | None) -> tuple[bool, float]:
    """Run a step in a child, killed after so many seconds; whether it ended by itself, and how long it took."""
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with Path(os.devnull).open("w") as null, contextlib.redirect_stderr(null), contextlib.redirect_stdout(null):
                step(folder, out, port, today)
            status = 0
        except BaseException as error:  # noqa: BLE001
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(status)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ended = os.WIFEXITED(status)
    if ended and os.WEXITSTATUS(status):
        raise SystemExit(f"the step of {today} failed")
    return ended, time.perf_counter() - began


def dealt(files: list[Path], wanted: int, folder: Path) -> list[Path]:
    """Files of so many days with papers, those with most dealt out to several where there are fewer; of all days for 0."""
    days = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    parts = [day["papers"] for day in days if day["papers"]]
    while len(parts) < wanted and max(map(len, parts)) > 1:
        largest = max(range(len(parts)), key=lambda number: len(parts[number]))
        papers = parts[largest]
        parts[largest : largest + 1] = [papers[: len(papers) // 2], papers[len(papers) // 2 :]]
    found = []
    for number, papers in enumerate(parts[: wanted or None]):
        path = folder / f"{date(2026, 1, 1) + timedelta(number)}.json"
        path.write_text(json.dumps({"date": path.stem, "papers": papers}), encoding="utf-8")
        found.append(path)
    return found


@contextlib.contextmanager
def server(out: Path) -> Iterator[int]:
    """A mail server that keeps each message it takes as a file."""
    from aiosmtpd.controller import Controller

    class Keep:
        number = 0

        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
            Keep.number += 1
            (out / f"{Keep.number:06d}.eml").write_bytes(envelope.original_content)  # type: ignore[attr-defined]
            return "250 OK"

    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def received(out: Path) -> tuple[dict[str, Counter[str]], int, int]:
    """Papers that each address got, by title; messages; and messages that came again under the same Message-ID."""
    got: dict[str, Counter[str]] = defaultdict(Counter)
    seen: Counter[str] = Counter()
    for path in sorted(out.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        seen[str(message["message-id"])] += 1
        if seen[str(message["message-id"])] > 1:
            continue
        page = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
        links = re.findall(r'<h3[^>]*><a [^>]*href="([^"]+)"', page)
        got[re.sub(r"[<>]", "", str(message["to"]))].update(links)
    return got, sum(seen.values()), sum(count - 1 for count in seen.values())


def play(files: list[Path], kills: int, *, days: int = 0, seed: int = 0, smtp: bool = False) -> tuple[int, list[str], str]:
    """Play the days; returns how many kills struck, what was wrong, and a sentence."""
    from explorer import Corpus, import_papers, open_corpus
    from explorer.feed.saved_sources import FILES, SavedSources

    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="litexplorer-crash-") as name, contextlib.ExitStack() as stack:
        work = Path(name)
        before = os.environ.get("LITEXPLORER_DATA_HOME")
        os.environ["LITEXPLORER_DATA_HOME"] = str(work / "library")
        stack.callback(
            lambda: (
                os.environ.pop("LITEXPLORER_DATA_HOME") if before is None else os.environ.update(LITEXPLORER_DATA_HOME=before)
            )
        )
        out, coming, kept = work / "out", work / "coming", work / "kept"
        for made in (out, coming, kept):
            made.mkdir()
        files = dealt(files, days, kept)
        first, *rest = files
        corpus = Corpus.from_papers(import_papers(first).papers, work / "corpus")
        add = corpus.library.subscriptions.add
        add("all", cap=500, address="all@example.org")
        add("capped", cap=CAP, address="capped@example.org")
        add("search", SEARCH, cap=500, address="search@example.org")
        add("daily", SEARCH, cap=500, address="twice@example.org")
        add("weekly", SEARCH, cap=500, cadence="weekly", address="twice@example.org")
        SavedSources(corpus.library.database).add(FILES, str(coming))
        corpus.library.database.close()
        del corpus
        port = stack.enter_context(server(out)) if smtp else None
        struck, took, waiting = 0, 1.0, 0
        total = sum(len(json.loads(file.read_text(encoding="utf-8"))["papers"]) for file in files)
        due = Counter(draw.randrange(len(files)) for _ in range(kills))
        # A last few days without papers let what waits over the cap, and what comes weekly, go out.
        for number, file in enumerate([first, *rest, *([None] * (total // CAP + 8))]):
            if file is not None:
                file.replace(coming / file.name)
            today = date(2026, 1, 1) + timedelta(number)
            waiting += due[number]
            ended = False
            while waiting and not ended:
                ended, _ = forked(work / "corpus", out, port, today, draw.uniform(0, took))
                struck += not ended
                waiting -= not ended
            ended, seconds = forked(work / "corpus", out, port, today, None)
            took = max(0.2, 0.5 * took + 0.5 * seconds)
        corpus = open_corpus(work / "corpus")
        links = corpus.papers["hf_url"] if "hf_url" in corpus.papers else corpus.papers["url"]
        everything = set(links)
        found = set(links[corpus.papers["id"].isin(corpus.select(SEARCH)["id"])])
        got, messages, again = received(out)
        wrong = [] if len(everything) == total else [f"the corpus has {len(everything)} papers of {total}"]
        for address, wanted in (("all", everything), ("capped", everything), ("search", found), ("twice", found)):
            own = got[f"{address}@example.org"]
            if lost := wanted - set(own):
                wrong.append(f"{address}: {len(lost)} papers lost")
            if more := set(own) - wanted:
                wrong.append(f"{address}: {len(more)} papers too many")
            if twice := [link for link, count in own.items() if count > 1]:
                wrong.append(f"{address}: {len(twice)} papers twice")
        said = (
            f"{struck} of {kills} kills struck; {len(files)} days with papers, {len(everything)} papers, {messages} messages, "
            f"{again} came again under the same Message-ID"
        )
    return struck, wrong, said


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--days", type=int, default=40, help="with papers; more than there are are made of those that have most"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--smtp", action="store_true")
    options = parser.parse_args()
    files = sorted((options.folder or data_folder() / "hf_daily").glob("*.json"))
    if not files:
        print("digest_crash left out: there are no daily papers")
        return 0
    print(f"\n## Digest, killed: {len(files)} days of the archive\n")
    _, wrong, said = play(files, options.kills, days=options.days, seed=options.seed, smtp=options.smtp)
    print(said)
    print("; ".join(wrong) or "every subscriber has every paper exactly once")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
