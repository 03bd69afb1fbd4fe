"""The dashboard as a web server: Voila with settings fit to be left running."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import json
import logging
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl, urlencode

import psutil
import zmq
from jinja2 import ChoiceLoader, DictLoader
from jupyter_events import EventLogger
from jupyter_server.base.handlers import JupyterHandler
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import HTTPError, RequestHandler, StaticFileHandler, authenticated
from traitlets import Instance
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import bundled, default_corpus
from explorer.dashboard import frontend
from explorer.dashboard.deployment import SCHEDULER, told_to_kernels
from explorer.dashboard.figures import plotly_path, plotly_version
from explorer.disk import TEMPORARY, HeldFolder
from explorer.errors import ServerError
from explorer.library.readers import GIVEN, HEADER
from explorer.server.admission import (
    Admission,
    Decision,
    default_number,
    expected_sizes,
    free_descriptors,
    memory_there,
    most_by_descriptors,
    raise_descriptors,
    sizes,
)
from explorer.server.downloads import DownloadHandler, sweep
from explorer.server.entrance import IDLE, Entrance
from explorer.server.first_view import FirstView
from explorer.server.forked import FORKING, PROVISIONER, is_registered
from explorer.server.identity import with_readers
from explorer.server.line import BODY, MESSAGE, Line
from explorer.server.notice import busy, jupyter_pages
from explorer.server.ready import STARTED, Kernels, replace_dead, waiting
from explorer.server.unsubscribe import ADDRESS, Subscriptions, Unsubscribe

TEMPLATE = "literature-explorer"
_YEAR = 31_536_000
_REPORT_EVERY = 60_000
_LOOK_EVERY = 5_000
_FORGET_EVERY = 1_000
_SWEEP_EVERY = 60_000

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Voila's page config is an inline script; anywidget runs modules, and the fallback plotly.js, from blobs.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline' blob:",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Content security policy: whatever a page is talked into, the browser asks nobody else."""


class _Said(RequestHandler):
    """A handler that is none of Jupyter's, and says what went wrong on a page as theirs do."""

    def send_error(self, status_code: int = 500, **details: Any) -> None:
        """Answer with an error; whether a file is missing or is not for others makes no difference to who asks."""
        super().send_error(404 if status_code == 403 else status_code, **details)

    def write_error(self, status_code: int, **details: Any) -> None:
        """Write the page."""
        pages = self.settings["jinja2_env"]
        said = {"base_url": self.settings["base_url"], "status_code": status_code, "status_message": self._reason}
        self.finish(pages.get_template("error.html").render(**said))


class _Nothing(_Said):
    """What answers at an address that there is nothing at."""

    def prepare(self) -> None:
        """Refuse whatever is asked."""
        raise HTTPError(404)


class _StaticFile(_Said, MultiStaticFileHandler):  # type: ignore[misc]
    """Voila's own files."""


class _TemplateFile(_Said, TemplateStaticFileHandler):  # type: ignore[misc]
    """The files of Voila's templates."""

    def parse_url_path(self, path: str) -> str:
        """Path of a file; Voila's own would end in a traceback where the address is that of none."""
        if path.count("/") < 2 or path.split("/")[1] != "static":
            raise HTTPError(404)
        found: str = super().parse_url_path(path)
        return found


class _Asset(_Said, StaticFileHandler):
    """plotly.js out of the installed package; the address carries its version, so it may be kept for a year."""

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:
        return _YEAR


class _Text(_Said):
    """The page's script and style sheet, whose addresses carry their hash."""

    def get(self, name: str) -> None:
        script = name == "app.js"
        self.set_header("Content-Type", "text/javascript; charset=utf-8" if script else "text/css; charset=utf-8")
        self.set_header("Cache-Control", f"max-age={_YEAR}, immutable")
        self.finish(frontend.script() if script else frontend.style())


_BEAT = 1.0
"""Seconds between two looks whether the kernel of a page that is being made is there still."""

_KERNEL = re.compile(r'dataset\.kernelId = "([^"]+)"')

_PROBLEM = '<pre class="lx-boot-problem"'
"""How the template says what a cell ended in."""

_ENDED = """<div class="lx-boot-failed" role="alert"><p>The dashboard could not start: its process ended. The server may be out of
memory; close a dashboard that is open, or try again in a while.</p>
<button type="button" onclick="location.reload()">Reload</button></div>"""


class _Page(TornadoVoilaHandler):  # type: ignore[misc]
    """The dashboard's page, with the cookie without which the server refuses the page's goodbye, which ends its kernel."""

    async def prepare(self, *arguments: Any, **options: Any) -> None:
        await super().prepare(*arguments, **options)
        self.xsrf_token  # noqa: B018  (reading it sets the cookie)

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Start a dashboard, where there is room for it and a person asks for a page."""
        if not is_visit(self.request.headers):
            raise HTTPError(403, reason="Not a visit of a page")
        if path:
            # Voila would send whoever asks to a folder of files that is closed.
            raise HTTPError(404)
        # Whatever the browser said of itself, the kernel learns whose token let it in.
        reader = getattr(self.current_user, "username", "")
        self.request.headers[HEADER] = reader if reader in self.identity_provider.readers else ""
        doors: Doors = self.settings["explorer_doors"]
        await doors.admission.measure()
        decision = doors.admission.ask(doors.running(self.kernel_manager), self.get_cookie("lx-ticket", "") or "")
        if not decision.admitted:
            self._say_busy(decision)
            return
        self.clear_cookie("lx-ticket", path=self.base_url)
        view: FirstView | None = self.settings.get("explorer_first_view")
        # Without the token, which is the server's own.
        query = urlencode([pair for pair in parse_qsl(self.request.query) if pair[0] != "token"])
        # Before anything is waited for, in which time another would be given the same place.
        doors.starting += 1
        started = False
        try:
            await replace_dead(self.kernel_manager)
            parts = self._parts(path)
            async for html in parts if view is None else view.into(parts, query, self.request.headers[HEADER]):
                if not started:
                    # The kernel runs once the page goes on, and is counted among the others.
                    doors.starting -= 1
                    started = True
                self.write(html)
                await self.flush()
        except StreamClosedError:
            # The reader left before all was there. The kernel goes as that of a page that was closed.
            return
        finally:
            if not started:
                doors.starting -= 1

    async def _parts(self, path: str | None) -> AsyncIterator[str]:
        """The page as Voila gives it; where its kernel ends meanwhile, for which Voila would wait for ever, that instead of the rest."""
        started: list[str] = []
        STARTED.set(started)
        parts = self.get_generator(path=path)
        kernel_id, before, ready = "", "", waiting(self.kernel_manager)
        while True:
            coming = asyncio.ensure_future(anext(parts))
            while not (await asyncio.wait([coming], timeout=_BEAT))[0]:
                kernel_id = kernel_id or "".join(started[:1])
                if kernel_id and await self.kernel_manager.ended(kernel_id):
                    coming.cancel()
                    yield await self._end({kernel_id})
                    return
            try:
                html: str = coming.result()
            except StopAsyncIteration:
                return
            except Exception:
                if not before:
                    raise
                # Of one that was kept ready and ended before it could be spoken to nobody has heard the name.
                yield await self._end({kernel_id, *(ready - waiting(self.kernel_manager))})
                return
            # A value of the template is a part of its own.
            found = _KERNEL.search(before + html)
            kernel_id = found[1] if found else kernel_id
            if _PROBLEM in html and kernel_id and await self.kernel_manager.ended(kernel_id):
                # What Voila says of it is for who wrote a notebook.
                yield html.partition(_PROBLEM)[0] + await self._end({kernel_id})
                return
            before = html
            yield html

    async def _end(self, kernels: set[str]) -> str:
        """What is said where the kernel of a page ended while it started; what is left of it ends too."""
        self.log.error("The kernel of a page ended while it started; the system may have been out of memory.")
        for kernel_id in kernels:
            if kernel_id in self.kernel_manager and await self.kernel_manager.ended(kernel_id):
                with contextlib.suppress(Exception):
                    await self.kernel_manager.shutdown_kernel(kernel_id, now=True)
        return _ENDED

    def _say_busy(self, decision: Decision) -> None:
        self.set_status(503)
        self.set_header("Retry-After", "5")
        self.set_header("Cache-Control", "no-store")
        told = {"ticket": decision.ticket, "base": self.base_url, "queue": f"{self.base_url}lx/queue"}
        self.finish(busy(decision.ahead, decision.reason, **{name: _in_script(value) for name, value in told.items()}))


class _Queue(JupyterHandler):
    """What a page that waits asks."""

    @authenticated
    async def get(self) -> None:
        doors: Doors = self.settings["explorer_doors"]
        await doors.admission.measure()
        decision = doors.admission.ready(doors.running(self.kernel_manager), self.get_argument("ticket", ""))
        self.set_header("Cache-Control", "no-store")
        self.finish({"admitted": decision.admitted, "ahead": decision.ahead})


def _in_script(text: str) -> str:
    """A text as JavaScript that may stand in a page."""
    return json.dumps(text).replace("<", "\\u003c")


def is_visit(headers: Mapping[str, str]) -> bool:
    """Whether a person asks for a page; an image, a frame or a script of another page with our address in it starts no kernel.

    Browsers say what they fetch for (W3C, Fetch Metadata); what is no browser says nothing, and is let in.
    """
    wanted, by = headers.get("Sec-Fetch-Dest", "document"), headers.get("Sec-Fetch-Site", "none")
    if "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", "")):
        return False
    # Another page may lead here, but not frame this one (see POLICY).
    return wanted == "document" or (wanted in ("iframe", "frame") and by in ("same-origin", "none"))


@dataclass
class Doors:
    """Who is let in, and how many are on their way in."""

    admission: Admission
    starting: int = 0

    def running(self, kernels: Any) -> int:
        """Dashboards that run or are being started."""
        return len(set(kernels.list_kernel_ids()) - waiting(kernels)) + self.starting


class ExplorerServer(Voila):  # type: ignore[misc]
    """Voila with the explorer's notebook, its assets and a report of the memory its dashboards use."""

    # Shared by all kernels: without one each makes its own, of which Python keeps the logger for ever.
    event_logger = Instance(EventLogger, ())

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings with ours, which it would add too late for compression to be set up."""
        settings = {**super().init_settings(), **self.tornado_settings}
        # Voila's handlers look at its own first.
        for pages in (settings["jinja2_env"], settings["voila_jinja2_env"]):
            pages.loader = ChoiceLoader([DictLoader(jupyter_pages()), pages.loader])
        if (corpus := settings.get("explorer_corpus")) is not None:
            settings["explorer_first_view"] = view = FirstView(corpus(), self.base_url)
            view.warm()
        return settings

    def init_handlers(self) -> list[Any]:
        """Voila's handlers, with ours before its catch-all."""
        script = plotly_path()
        queue = (rf"{self.server_url}lx/queue", _Queue)
        asset = (rf"{self.server_url}lx/(plotly\.min\.js)", _Asset, {"path": str(script.parent)})
        text = (rf"{self.server_url}lx/(app\.js|dashboard\.css)", _Text)
        corpus = self.tornado_settings.get("explorer_corpus", default_corpus)
        ending = (rf"{self.server_url}{ADDRESS}/([\w-]+)", Unsubscribe, {"subscriptions": Subscriptions(corpus)})
        file = (rf"{self.server_url}lx/file/([\w-]+)", DownloadHandler)
        pages = {
            TornadoVoilaHandler: _Page,
            VoilaKernelWebsocketHandler: Line,
            MultiStaticFileHandler: _StaticFile,
            TemplateStaticFileHandler: _TemplateFile,
        }
        nothing = (rf"{self.server_url}voila/files/.*", _Nothing)
        return [
            nothing,
            queue,
            asset,
            text,
            ending,
            file,
            *((route, pages.get(kind, kind), *rest) for route, kind, *rest in super().init_handlers()),
        ]

    def listen(self) -> None:
        """Serve until stopped."""
        self._reported = "no dashboard open"
        # Every page opened would say so of the notebook, which is ours.
        self.log.addFilter(lambda record: "is not trusted" not in record.getMessage())
        # Runs once the loop does, when the port is ours.
        IOLoop.current().add_callback(self.tornado_settings["explorer_ready"])
        # Python looks for what nobody holds any more when thousands of things are new, here after a hundred visits, whose remains would
        # lie all over the memory till then: every second, so that those of few visits lie there at once. Of what is
        # there before the first none goes: left out, a look takes two milliseconds.
        gc.collect()
        gc.freeze()
        PeriodicCallback(_forget, _FORGET_EVERY).start()
        report = PeriodicCallback(self.report, _REPORT_EVERY)
        report.start()
        # Before the next page comes, so that it finds another one ready.
        PeriodicCallback(partial(replace_dead, self.kernel_manager), _LOOK_EVERY).start()
        # An interrupt raised as an exception may arrive where it is swallowed: the loop is asked to stop, as by SIGTERM.
        self.ioloop = IOLoop.current()
        signal.signal(signal.SIGINT, self._handle_signal_stop)
        PeriodicCallback(partial(sweep, Path(self.tornado_settings["explorer_downloads"])), _SWEEP_EVERY).start()
        bounds = {"max_body_size": BODY, "max_buffer_size": 2 * MESSAGE, "idle_connection_timeout": IDLE, "body_timeout": IDLE}
        self.app.listen = Entrance(self.app, **bounds).listen
        super().listen()

    def _handle_signal_stop(self, number: int, frame: FrameType | None) -> None:
        # Who asks again does not want to wait for what is still being drawn.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        super()._handle_signal_stop(number, frame)

    def stop(self) -> None:
        """End the server and its kernels."""
        # One that nobody has taken may still be starting: interrupted, as kernels are first, it would print where it was.
        taken = set()
        for kernel in set(self.kernel_manager.list_kernel_ids()) - waiting(self.kernel_manager):
            with contextlib.suppress(KeyError, AttributeError):
                taken.add(self.kernel_manager.get_kernel(kernel).provisioner.pid)
        own = psutil.Process().children()
        forked = [kernel for child in own if child.pid == FORKING.pid for kernel in child.children()]
        for child in [*own, *forked]:
            if child.pid not in {*taken, FORKING.pid}:
                with contextlib.suppress(psutil.Error):
                    child.kill()
        # Jupyter would end one of which it has no more than that it is on its way, and finds no such kernel.
        FORKING.end()
        for kernel in self.kernel_manager._pending_kernels.keys() - set(self.kernel_manager.list_kernel_ids()):
            del self.kernel_manager._pending_kernels[kernel]
        super().stop()

    def report(self) -> None:
        """Say how many dashboards are open and what they hold in memory, whenever that changed."""
        line = memory_line(len(waiting(self.kernel_manager)))
        if line != self._reported:
            print(f"{datetime.now():%H:%M} {line}", file=sys.stderr, flush=True)
            self._reported = line


def _forget() -> None:
    """Let go of what nobody holds any more."""
    gc.collect()


def plotly_address() -> str:
    """Address of plotly.js below the server's base; its version is in it, so that an upgrade is fetched anew."""
    return f"lx/plotly.min.js?v={plotly_version()}"


def memory_line(ready: int = 0) -> str:
    """Say how many dashboards run below this process, how many of them wait for a reader, and their memory."""
    found = sizes()[1]
    count = max(len(found) - ready, 0)
    said = f"{count or 'no'} dashboard{'' if count < 2 else 's'} open" + f", {ready} ready" * bool(ready and found)
    return said + (f", {sum(found) / 1e6:.0f} MB" if found else "")


def _page_config(page_config: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Tell the template where plotly.js, the script and the style sheet are."""
    base = context["base_url"]
    own = {"scriptUrl": "app.js", "styleUrl": "dashboard.css"}
    addresses = {key: f"{base}lx/{name}?v={frontend.version()}" for key, name in own.items()}
    return {**page_config, "plotlyUrl": f"{base}{plotly_address()}", **addresses}


def settings(
    *,
    ip: str,
    port: int,
    token: str | None,
    cull_after: int,
    browser: bool,
    ready: int = 0,
    readers: Mapping[str, str] | None = None,
) -> Config:
    """Settings of the server.

    Parameters
    ----------
    ip : str
        Address to listen on.
    port : int
        Port; 0 lets the system choose.
    token : str or None
        What a browser must know to be let in, as ``?token=…``; None lets everybody in who reaches the address.
    cull_after : int
        Seconds after which the kernel of a closed page ends.
    browser : bool
        Open a browser.
    ready : int
        Kernels that are started before anybody comes, and kept.
    readers : mapping, optional
        Token of each reader who has one, by name; the dashboard then keeps their stars, tags and notes apart.
    """
    config = Config()
    # Voila tells each file it serves and each kernel it starts.
    config.Voila.log_level = "WARN"
    config.Voila.ip = ip
    config.Voila.port = port
    config.Voila.port_retries = 0
    config.Voila.open_browser = browser
    config.Voila.identity_provider_class = with_readers(readers or {})
    if readers and not token:
        # Without one nobody would be asked for a token.
        token = secrets.token_urlsafe(32)
    if token:
        config.Voila.token = token
    local = ip in ("localhost", "127.0.0.1", "::1")
    config.Voila.tornado_settings = {
        "compress_response": True,
        "default_handler_class": _Nothing,
        "headers": {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"},
        # On the loopback address only requests that name it are answered, so that a page elsewhere cannot rebind its
        # host name to this machine and read the papers.
        "allow_remote_access": not local,
        "local_hostnames": ["localhost", "127.0.0.1", "::1"],
        "websocket_max_message_size": MESSAGE,
    }
    voila = config.VoilaConfiguration
    voila.template = TEMPLATE
    # Voila reflects ?theme= into the page unescaped; neither may be chosen from outside.
    voila.allow_theme_override = "NO"
    voila.allow_template_override = "NO"
    # Every other extension of JupyterLab that happens to be installed would be fetched and run on each visit: plotly's own is
    # 1.4 MB compressed, and nothing on this page uses it.
    voila.extension_allowlist = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
    voila.http_header_envs = [HEADER]
    voila.strip_sources = True
    voila.show_tracebacks = False
    voila.file_allowlist = []
    voila.file_denylist = [".*"]
    voila.page_config_hook = _page_config
    voila.multi_kernel_manager_class = Kernels
    if "JUPYTER_DEFAULT_PROVISIONER_NAME" not in os.environ and is_registered():
        config.KernelProvisionerFactory.default_provisioner_name = PROVISIONER
    voila.preheat_kernel = ready > 0
    voila.default_pool_size = ready
    # Kernels outlive closed pages unless they are culled.
    config.MappingKernelManager.cull_idle_timeout = cull_after
    config.MappingKernelManager.cull_interval = max(5, min(60, cull_after // 2))
    config.MappingKernelManager.cull_connected = False
    config.MappingKernelManager.cull_busy = False
    if hasattr(Kernels, "transport_encryption") and zmq.has("curve"):
        # From ipykernel 7.4 on a kernel says at its start that others on this machine may listen, where nothing is encrypted.
        config.MappingKernelManager.transport_encryption = "auto"
    return config


def serve(
    corpus: Corpus | None = None,
    *,
    ip: str = "127.0.0.1",
    port: int = 8866,
    token: str | None = None,
    readers: Mapping[str, str] | None = None,
    reader: str | None = None,
    cull_after: int = 600,
    browser: bool = True,
    read_only: bool = False,
    max_dashboards: int | None = None,
    memory: int | None = None,
    kernels_ready: int = 1,
    scheduler: str | None = None,
    ready: Callable[[int], None] = lambda port: None,
    arguments: Sequence[str] = (),
) -> None:
    """Serve the dashboard on a corpus (the bundled sample by default) until it is stopped.

    Parameters
    ----------
    corpus : Corpus, optional
    ip, port, token, readers, cull_after, browser
        See `settings`.
    reader : str, optional
        Whose library it is where no token says so; by default as `explorer.library.readers.reader_name` finds.
    read_only : bool
        Its readers can add no papers.
    max_dashboards : int, optional
        Dashboards at one time; whoever comes later waits. By default what memory and file descriptors have room for.
    memory : int, optional
        Bytes that the server and its dashboards may take together; by default four fifths of what there is.
    kernels_ready : int
        Kernels that are started before anybody comes, so that a page answers at once; each takes what a dashboard does, beside
        the others.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers every dashboard asks for the parts of the corpus.
    ready : callable
        Called with the port once it answers.
    arguments : sequence of str
        Further ones for Voila.

    Raises
    ------
    ServerError
        The address cannot be listened on, or a bound or the token is none.
    """
    _check(token, cull_after, max_dashboards)
    raise_descriptors()
    memory = memory_there() if memory is None else memory
    most = default_number(memory) if max_dashboards is None else _within_descriptors(max_dashboards)
    port = _free(ip, port)
    _quieten()
    with (
        HeldFolder(f"{TEMPORARY}served-") as folder,
        FORKING.serving(),
        told_to_kernels(
            corpus=None if corpus is None else str(corpus.folder.resolve()),
            read_only=read_only,
            downloads=str(folder / "downloads"),
            **_environment(),
            **({} if scheduler is None else {SCHEDULER: scheduler}),
            **({} if reader is None else {GIVEN: reader}),
        ),
    ):
        # A copy in a folder of its own: what Voila serves from is the notebook's folder, which shall hold nothing else.
        (folder / "downloads").mkdir(mode=0o700)
        (folder / "notebook").mkdir()
        notebook = folder / "notebook" / "explorer.ipynb"
        notebook.write_bytes(bundled("notebooks", "explorer.ipynb").read_bytes())
        # A kernel that was started before anybody came cannot know whose it will be.
        kernels_ready = 0 if readers else kernels_ready
        config = settings(
            ip=ip, port=port, token=token, cull_after=cull_after, browser=browser, ready=kernels_ready, readers=readers
        )
        config.Voila.tornado_settings["explorer_ready"] = partial(ready, port)
        # A function, for settings are copied deeply, and a corpus cannot be.
        config.Voila.tornado_settings["explorer_corpus"] = lambda: default_corpus() if corpus is None else corpus
        config.Voila.tornado_settings["explorer_downloads"] = str(folder / "downloads")
        config.Voila.tornado_settings["explorer_doors"] = Doors(Admission(most, memory, expected_sizes, free=free_descriptors))
        app = ExplorerServer(config=config)
        try:
            app.initialize([str(notebook), *arguments])
            app.start()
        except SystemExit as error:
            if error.code:
                raise _taken(ip, port) from error
        except OSError as error:
            raise _refused(ip, port, error) from error


def _check(token: str | None, cull_after: int, max_dashboards: int | None) -> None:
    """Raise `ServerError` where a bound or the token is none."""
    if token is not None and not token.strip():
        raise ServerError("An empty token lets everybody in. Give one that cannot be guessed, or leave it out.")
    if cull_after < 1:
        raise ServerError(
            f"Kernels of closed pages must end after some seconds, not {cull_after}. Give --cull-after at least 1."
        )
    if max_dashboards is not None and max_dashboards < 1:
        raise ServerError(f"--max-dashboards {max_dashboards} lets nobody in. Give at least 1.")


def _within_descriptors(dashboards: int) -> int:
    """So many dashboards, or as many as the system has file descriptors for, which is said."""
    most = min(dashboards, most_by_descriptors())
    if most < dashboards:
        said = f"Of {dashboards:,} dashboards {most:,} may be open at one time: the system allows this process no more file"
        print(f"{said} descriptors. Raise the hard limit (ulimit -Hn).", file=sys.stderr)
    return most


def _environment() -> dict[str, str]:
    """What Voila and its kernels shall find in the environment, unless something else is set there."""
    return {
        # Voila looks for templates below the data folders of Jupyter; this folder is one of them.
        "JUPYTER_PATH": os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("JUPYTER_PATH")))),
        # This environment's kernel, not one of the user's others.
        "JUPYTER_PREFER_ENV_PATH": os.environ.get("JUPYTER_PREFER_ENV_PATH", "1"),
        # One heap a kernel: each thread that ranks for a moment would leave another, full of holes.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "1"),
    }


def _quieten() -> None:
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    # The same one each time: a filter that is there is not added again.
    logging.getLogger("tornado.general").addFilter(_not_of_pings)


def _not_of_pings(record: logging.LogRecord) -> bool:
    """Jupyter looks after its own pings, three of which may stay unanswered; Tornado, which takes that for its own, would say so."""
    return "websocket_ping_timeout" not in record.getMessage()


def _free(ip: str, port: int) -> int:
    """The port, if it can be listened on, or one that the system chooses for 0."""
    if not 0 <= port <= 65535:
        raise ServerError(f"There is no port {port}; choose one from 1 to 65535 with --port.")
    try:
        sockets = bind_sockets(port, ip)
    except OSError as error:
        raise (_taken(ip, port) if error.errno == errno.EADDRINUSE else _refused(ip, port, error)) from error
    found: int = sockets[0].getsockname()[1]
    for listening in sockets:
        listening.close()
    return found


def _taken(ip: str, port: int) -> ServerError:
    return ServerError(f"Port {port} on {ip} is taken. Choose another with --port, or stop the other server.")


def _refused(ip: str, port: int, error: OSError) -> ServerError:
    return ServerError(f"The server cannot listen on {ip}:{port}: {error.strerror}. Choose another --ip or --port.")


def main_url(ip: str, port: int, token: str | None) -> str:
    """Address to open in a browser."""
    host = "localhost" if ip in ("127.0.0.1", "0.0.0.0", "::", "") else ip  # noqa: S104  (compared, not bound)
    return f"http://{host}:{port}/" + (f"?token={token}" if token else "")


if sys.platform == "win32":
    # Tornado needs add_reader, which Windows' default event loop lacks.
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
