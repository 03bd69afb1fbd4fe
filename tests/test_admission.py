"""Who is let in: the queue as a model, wrong tokens, and a real server that is full."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_server import Answer, ask, free_port, serving

from explorer.cli.main import main
from explorer.errors import ServerError
from explorer.server.admission import DASHBOARD_BYTES, DESCRIPTORS, Admission, control_group_bounds, default_number
from explorer.server.identity import TRIES, Tries
from explorer.server.server import Doors, is_visit, serve, waiting

EACH = DASHBOARD_BYTES


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def admission(most: int, memory: int = 100 * EACH, held: list[int] | None = None) -> tuple[Admission, Clock]:
    clock = Clock()
    return Admission(most, memory, lambda: (0, [] if held is None else held), clock), clock


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from(["come", "leave", "ask", "pass"]), st.integers(0, 9)), max_size=60),
)
@example(2, [("come", 0)] * 3 + [("leave", 0)] * 2 + [("come", 0), ("ask", 0)])
def test_never_more_than_the_bound_and_first_come_first_in(most: int, steps: list[tuple[str, int]]) -> None:
    door, clock = admission(most)
    inside, queue, came = 0, [], 0
    entered: list[int] = []
    order: dict[str, int] = {}
    for step, number in steps:
        if step == "come":
            decision = door.ask(inside)
            # Whoever waits has a place before; where more are free than wait, nobody is kept out.
            assert decision.admitted == (len(queue) < most - inside)
            came += 1
            if decision.admitted:
                inside += 1
            else:
                assert decision.ahead == len(queue)
                queue.append(decision.ticket)
                order[decision.ticket] = came
        elif step == "leave" and inside:
            inside -= 1
        elif step == "ask" and queue:
            place = number % len(queue)
            ticket = queue[place]
            assert door.ready(inside, ticket).admitted == (place < most - inside)
            if door.ask(inside, ticket).admitted:
                assert place < most - inside
                queue.remove(ticket)
                entered.append(order[ticket])
                inside += 1
        elif step == "pass":
            clock.now += 5
            for ticket in queue:
                door.ready(inside, ticket)
        assert inside <= most


def test_who_stops_asking_loses_the_place_and_others_move_up() -> None:
    door, clock = admission(1)
    assert door.ask(0).admitted
    first, second = door.ask(1), door.ask(1)
    assert (first.ahead, second.ahead) == (0, 1)
    clock.now += 10
    assert door.ready(1, second.ticket).ahead == 1
    clock.now += 10
    assert door.ready(1, second.ticket).ahead == 0
    assert door.ask(1).ahead == 1, "the one that went is not counted"


def test_memory_bounds_too_and_what_is_started_counts_before_it_holds_any() -> None:
    door, _ = admission(50, memory=4 * EACH, held=[EACH, EACH])
    assert door.ask(2).admitted
    assert door.ask(3).admitted
    refused = door.ask(4)
    assert not refused.admitted
    assert "memory" in refused.reason
    grown, _ = admission(50, memory=4 * EACH, held=[3 * EACH])
    assert not grown.ask(1).admitted, "another may grow as large"
    tiny, _ = admission(50, memory=1)
    assert tiny.ask(0).admitted, "one reader is always let in"


def test_descriptors_bound_too_for_connections_take_them() -> None:
    free = 2 * DESCRIPTORS
    door = Admission(50, 100 * EACH, lambda: (0, [EACH]), Clock(), lambda: free)
    assert door.ask(1).admitted
    assert door.ask(2).admitted, "one that is coming has taken none yet"
    refused = door.ask(3)
    assert (refused.admitted, refused.reason) == (False, "its connections are in use")
    free = 3 * DESCRIPTORS
    assert door.ask(3, refused.ticket).admitted
    free = 0
    assert not Admission(50, 100 * EACH, lambda: (0, []), Clock(), lambda: free).ask(0).admitted


def test_the_default_number_leaves_room_for_each() -> None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert default_number(10 * EACH) == min(10, (soft - 64) // DESCRIPTORS)
    assert default_number(0) == 1


@pytest.mark.parametrize(
    ("headers", "visit"),
    [
        ({}, True),
        ({"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Dest": "script"}, False),
        ({"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}, False),
        ({"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"}, False),
    ],
)
def test_only_a_visit_starts_a_dashboard(headers: dict[str, str], visit: bool) -> None:
    assert is_visit(headers) is visit


def test_wrong_tokens_are_counted_by_address_and_forgotten() -> None:
    clock = Clock()
    tries = Tries(clock)
    for _ in range(TRIES):
        assert tries.wait("10.0.0.1") == 0
        tries.wrong("10.0.0.1")
        clock.now += 1
    assert tries.wait("10.0.0.1") == pytest.approx(60 - TRIES)
    assert tries.wait("10.0.0.2") == 0
    clock.now += 60 - TRIES
    assert tries.wait("10.0.0.1") == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [({"token": " "}, "empty token"), ({"cull_after": 0}, "--cull-after"), ({"max_dashboards": 0}, "lets nobody in")],
)
def test_settings_that_cannot_be_meant_are_refused(options: dict[str, object], says: str) -> None:
    with pytest.raises(ServerError, match=says):
        serve(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize("memory", ["0", "-1", "nan"])
def test_memory_that_is_none_is_refused(memory: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--no-browser", "--memory", memory]) == 1
    assert "leaves nothing" in capsys.readouterr().err


def ticket_of(answer: Answer) -> str:
    found = re.search(rb'var ticket = "([^"]+)"', answer[2])
    assert found
    return found[1].decode()


def told(process: psutil.Process) -> str:
    """Name of a process, and what it was started with; nothing of one that ended in between."""
    try:
        return " ".join([process.name(), *process.cmdline()])
    except psutil.Error:
        return ""


def kernels(port: int) -> list[psutil.Process]:
    [server] = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
    return kernels_below(server)


def kernels_below(server: psutil.Process) -> list[psutil.Process]:
    """Those that were forked bear the beginning of their id, others were started with it."""
    return [child for child in server.children(recursive=True) if re.search(r"^kernel-\w{8}|ipykernel_launcher", told(child))]


def until(found: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_full_server_says_so_and_lets_in_who_waited(tmp_path: Path) -> None:
    with serving(tmp_path, "--max-dashboards", "1", "--cull-after", "600", "--kernels-ready", "0") as port:
        for headers in ({"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}):
            assert ask(port, "/", headers=headers)[0] == 403
        assert kernels(port) == []
        status, _, body = ask(port, "/")
        assert status == 200
        found = re.search(rb'dataset.kernelId = "([^"]+)"', body)
        assert found
        second, third = ask(port, "/"), ask(port, "/")
        for ahead, answer in enumerate((second, third)):
            assert answer[0] == 503
            assert "retry-after" in answer[1]
            assert f"{ahead} ahead of you".encode() in answer[2]
        assert len(kernels(port)) == 1
        assert json.loads(ask(port, f"/lx/queue?ticket={ticket_of(second)}")[2]) == {"admitted": False, "ahead": 0}
        # The kernel goes with the page's goodbye.
        cookie = re.search(r"_xsrf=([^;]+)", ask(port, "/")[1].get("set-cookie", ""))
        assert cookie
        told = {"Cookie": f"_xsrf={cookie[1]}", "X-XSRFToken": cookie[1], "Content-Length": "0"}
        assert ask(port, f"/voila/api/shutdown/{found[1].decode()}", method="POST", headers=told)[0] == 204
        assert json.loads(ask(port, f"/lx/queue?ticket={ticket_of(third)}")[2])["admitted"] is False
        assert json.loads(ask(port, f"/lx/queue?ticket={ticket_of(second)}")[2]) == {"admitted": True, "ahead": 0}
        assert ask(port, "/", headers={"Cookie": f"lx-ticket={ticket_of(third)}"})[0] == 503, "it is not its turn"
        assert ask(port, "/", headers={"Cookie": f"lx-ticket={ticket_of(second)}"})[0] == 200


def test_tokens_are_not_tried_for_long_and_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("open-sesame\n")
    with serving(tmp_path, "--token-file", str(tmp_path / "token"), "--kernels-ready", "0") as port:
        found = [ask(port, f"/?token=wrong{number}")[0] for number in range(TRIES + 5)]
        assert 429 not in found[:TRIES]
        assert found[TRIES:] == [429] * 5
        assert "open-sesame" not in (tmp_path / f"{port}.log").read_text()


@pytest.mark.parametrize(
    ("groups", "files", "bounds"),
    [
        ("0::/system.slice/explorer.service", {"system.slice/explorer.service/memory.max": "2000"}, [2000]),
        ("0::/a/b", {"a/b/memory.max": "max", "a/memory.max": "3000", "memory.max": "max"}, [3000]),
        (
            "4:memory:/a/b\n0::/",
            {"memory/a/b/memory.limit_in_bytes": "4000", "memory/memory.limit_in_bytes": "5000"},
            [4000, 5000],
        ),
        ("4:memory:/outside/name", {"memory/memory.limit_in_bytes": "6000"}, [6000]),
        ("", {}, []),
    ],
)
def test_bounds_of_control_groups_are_those_of_the_group_and_of_all_around_it(
    groups: str, files: dict[str, str], bounds: list[int], tmp_path: Path
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(groups)
    for name, text in files.items():
        path = tmp_path / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    assert sorted(set(control_group_bounds(tmp_path))) == bounds


def test_those_inside_do_not_wait_for_those_who_ask() -> None:
    """What is measured is measured in a thread, once for all who ask within a second."""
    measured: list[str] = []

    def sizes() -> tuple[int, list[int]]:
        measured.append(threading.current_thread().name)
        time.sleep(0.2)
        return 0, [EACH]

    async def come() -> None:
        door = Admission(3, 2 * EACH, sizes)
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.01)
                beats += 1

        beating = asyncio.create_task(beat())
        await asyncio.gather(*(door.measure() for _ in range(30)))
        beating.cancel()
        assert beats > 3
        assert [door.ask(1).admitted, door.ask(2).admitted] == [True, False]

    asyncio.run(come())
    assert len(measured) == 1
    assert measured[0] != threading.main_thread().name


def test_the_token_is_taken_from_the_environment_and_no_kernel_inherits_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITEXPLORER_TOKEN", "open-sesame")
    with serving(tmp_path, "--kernels-ready", "1") as port:
        assert ask(port, "/")[0] in (302, 403)
        assert ask(port, "/lx/queue?token=open-sesame")[0] == 200
        until(lambda: len(kernels(port)) == 1)
        assert "LITEXPLORER_TOKEN" not in kernels(port)[0].environ()
        assert "open-sesame" not in (tmp_path / f"{port}.log").read_text()


def test_whoever_opens_papers_to_all_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, "--ip", "0.0.0.0", "--kernels-ready", "0") as port:
        assert (
            "Whoever reaches 0.0.0.0 can read these papers and add some: give a token" in (tmp_path / f"{port}.log").read_text()
        )


def test_few_file_descriptors_are_raised_at_the_start(tmp_path: Path) -> None:
    script = (
        "import resource; hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard));"
        "from explorer.server.admission import descriptors, raise_descriptors; raise_descriptors();"
        "print(descriptors() == min(hard if hard > 0 else 65536, 65536))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.stdout.strip() == "True", done.stderr


@contextlib.contextmanager
def with_few_descriptors(folder: Path, *options: str) -> Iterator[tuple[int, Path]]:
    """A server that is allowed 116 descriptors: for four dashboards; its port and its log."""
    port = free_port()
    limited = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (116, 116)); sys.argv[0] = 'serve';"
    program = f"{limited} runpy.run_module('explorer.cli', run_name='__main__')"
    command = [sys.executable, "-c", program, "serve", "--no-browser", "--port", str(port), "--kernels-ready", "0", *options]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        until(lambda: "Serving" in log.read_text())
        yield port, log
        assert "Traceback" not in log.read_text()
        assert len(log.read_bytes()) < 20_000
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@pytest.mark.slow
def test_with_few_descriptors_the_number_is_less_and_the_server_answers(tmp_path: Path) -> None:
    """One hundred are asked for where there is room for four: four may come in, and the fifth is told."""
    with with_few_descriptors(tmp_path, "--max-dashboards", "100") as (port, log):
        assert [ask(port, "/")[0] for _ in range(5)] == [200, 200, 200, 200, 503]
        assert log.read_text().count("4 may be open") == 1


@pytest.mark.slow
def test_connections_that_ask_for_nothing_leave_descriptors_for_dashboards(tmp_path: Path) -> None:
    """Two hundred are more than the server may open: those beyond are told, once it is said, and they go after a minute."""
    with with_few_descriptors(tmp_path) as (port, log), contextlib.ExitStack() as opened:
        idle = [opened.enter_context(socket.create_connection(("localhost", port), timeout=120)) for _ in range(200)]
        answer = idle[-1].recv(1000)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"Too many connections are open" in answer
        assert ask(port, "/")[0] == 503
        assert log.read_text().count("More connections came than 116 file descriptors have room for") == 1
        assert idle[0].recv(1000) == b"", "it asked for nothing for a minute"
        until(lambda: ask(port, "/")[0] == 200)


def test_kernels_that_wait_for_a_reader_are_no_dashboards() -> None:
    class Kernels:
        def __init__(self) -> None:
            self._pools: dict[str, list[asyncio.Future[dict[str, str]]]] = {"explorer.ipynb": []}

        def list_kernel_ids(self) -> list[str]:
            return ["open", "ready", "starting"]

    async def ask() -> None:
        kernels = Kernels()
        doors = Doors(admission(3)[0])
        assert doors.running(kernels) == 3
        ready, starting, failed = (asyncio.get_running_loop().create_future() for _ in range(3))
        ready.set_result({"kernel_id": "ready"})
        failed.set_exception(RuntimeError("no kernel"))
        kernels._pools["explorer.ipynb"] = [ready, starting, failed]
        assert waiting(kernels) == {"ready"}
        assert doors.running(kernels) == 2

    asyncio.run(ask())
