"""The dashboard as a web server: Voila with settings fit to be left running."""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import psutil
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.netutil import bind_sockets
from tornado.web import RequestHandler, StaticFileHandler, authenticated
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

from explorer.corpus.corpus import Corpus
from explorer.corpus.opening import bundled, default_corpus
from explorer.dashboard import frontend
from explorer.dashboard.deployment import told_to_kernels
from explorer.dashboard.figures import plotly_path, plotly_version
from explorer.errors import ServerError
from explorer.server.first_view import FirstView

TEMPLATE = "literature-explorer"
_YEAR = 31_536_000
_REPORT_EVERY = 60_000

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


class _Asset(StaticFileHandler):
    """plotly.js out of the installed package; the address carries its version, so it may be kept for a year."""

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:
        return _YEAR


class _Text(RequestHandler):
    """The page's script and style sheet, whose addresses carry their hash."""

    def get(self, name: str) -> None:
        script = name == "app.js"
        self.set_header("Content-Type", "text/javascript; charset=utf-8" if script else "text/css; charset=utf-8")
        self.set_header("Cache-Control", f"max-age={_YEAR}, immutable")
        self.finish(frontend.script() if script else frontend.style())


class _Page(TornadoVoilaHandler):  # type: ignore[misc]
    """The dashboard's page, with the cookie without which the server refuses the page's goodbye, which ends its kernel."""

    async def prepare(self, *arguments: Any, **options: Any) -> None:
        await super().prepare(*arguments, **options)
        self.xsrf_token  # noqa: B018  (reading it sets the cookie)

    @authenticated
    async def get(self, path: str | None = None) -> None:
        view: FirstView | None = self.settings.get("explorer_first_view")
        async for part in self.get_generator(path=path):
            # The query as the page gives it, without the token, which is the server's own.
            query = urlencode([pair for pair in parse_qsl(self.request.query) if pair[0] != "token"])
            self.write(part if view is None else await view.fill(part, query))
            self.flush()


class ExplorerServer(Voila):  # type: ignore[misc]
    """Voila with the explorer's notebook, its assets and a report of the memory its dashboards use."""

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings with ours, which it would add too late for compression to be set up."""
        settings = {**super().init_settings(), **self.tornado_settings}
        if (corpus := settings.get("explorer_corpus")) is not None:
            settings["explorer_first_view"] = view = FirstView(corpus(), self.base_url)
            view.warm()
        return settings

    def init_handlers(self) -> list[Any]:
        """Voila's handlers, with ours before its catch-all."""
        script = plotly_path()
        asset = (rf"{self.server_url}lx/(plotly\.min\.js)", _Asset, {"path": str(script.parent)})
        text = (rf"{self.server_url}lx/(app\.js|dashboard\.css)", _Text)
        pages = {TornadoVoilaHandler: _Page}
        return [asset, text, *((route, pages.get(kind, kind), *rest) for route, kind, *rest in super().init_handlers())]

    def listen(self) -> None:
        """Serve until stopped."""
        self._reported = "no dashboard open"
        # Every page opened would say so of the notebook, which is ours.
        self.log.addFilter(lambda record: "is not trusted" not in record.getMessage())
        # Runs once the loop does, when the port is ours.
        IOLoop.current().add_callback(self.tornado_settings["explorer_ready"])
        report = PeriodicCallback(self.report, _REPORT_EVERY)
        report.start()
        super().listen()

    def report(self) -> None:
        """Say how many dashboards are open and what they hold in memory, whenever that changed."""
        line = memory_line()
        if line != self._reported:
            print(f"{datetime.now():%H:%M} {line}", file=sys.stderr, flush=True)
            self._reported = line


def plotly_address() -> str:
    """Address of plotly.js below the server's base; its version is in it, so that an upgrade is fetched anew."""
    return f"lx/plotly.min.js?v={plotly_version()}"


def memory_line() -> str:
    """Say how many dashboards run below this process and their memory: proportional set size where the system tells it.

    The proportional size counts a page shared by several processes once, so it is what another dashboard costs.
    """
    sizes = []
    for child in psutil.Process().children(recursive=True):
        try:
            full = child.memory_full_info()
            sizes.append(getattr(full, "pss", full.rss))
        except psutil.Error:
            continue
    total = sum(sizes) / 1e6
    return f"{len(sizes)} dashboard{'' if len(sizes) == 1 else 's'} open, {total:.0f} MB" if sizes else "no dashboard open"


def _page_config(page_config: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Tell the template where plotly.js, the script and the style sheet are."""
    base = context["base_url"]
    own = {"scriptUrl": "app.js", "styleUrl": "dashboard.css"}
    addresses = {key: f"{base}lx/{name}?v={frontend.version()}" for key, name in own.items()}
    return {**page_config, "plotlyUrl": f"{base}{plotly_address()}", **addresses}


def settings(*, ip: str, port: int, token: str | None, cull_after: int, browser: bool, ready: int = 0) -> Config:
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
    """
    config = Config()
    # Voila tells each file it serves and each kernel it starts.
    config.Voila.log_level = "WARN"
    config.Voila.ip = ip
    config.Voila.port = port
    config.Voila.port_retries = 0
    config.Voila.open_browser = browser
    if token:
        config.Voila.token = token
    local = ip in ("localhost", "127.0.0.1", "::1")
    config.Voila.tornado_settings = {
        "compress_response": True,
        "headers": {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"},
        # On the loopback address only requests that name it are answered, so that a page elsewhere cannot rebind its
        # host name to this machine and read the papers.
        "allow_remote_access": not local,
        "local_hostnames": ["localhost", "127.0.0.1", "::1"],
        "websocket_max_message_size": 100 * 1024 * 1024,
    }
    voila = config.VoilaConfiguration
    voila.template = TEMPLATE
    # Voila reflects ?theme= into the page unescaped; neither may be chosen from outside.
    voila.allow_theme_override = "NO"
    voila.allow_template_override = "NO"
    # Every other extension of JupyterLab that happens to be installed would be fetched and run on each visit: plotly's own is
    # 1.4 MB compressed, and nothing on this page uses it.
    voila.extension_allowlist = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
    voila.strip_sources = True
    voila.show_tracebacks = False
    voila.file_allowlist = []
    voila.file_denylist = [".*"]
    voila.page_config_hook = _page_config
    voila.preheat_kernel = ready > 0
    voila.default_pool_size = ready
    # Kernels outlive closed pages unless they are culled.
    config.MappingKernelManager.cull_idle_timeout = cull_after
    config.MappingKernelManager.cull_interval = max(5, min(60, cull_after // 2))
    config.MappingKernelManager.cull_connected = False
    config.MappingKernelManager.cull_busy = False
    return config


def serve(
    corpus: Corpus | None = None,
    *,
    ip: str = "127.0.0.1",
    port: int = 8866,
    token: str | None = None,
    cull_after: int = 600,
    browser: bool = True,
    read_only: bool = False,
    kernels_ready: int = 1,
    ready: Callable[[int], None] = lambda port: None,
    arguments: Sequence[str] = (),
) -> None:
    """Serve the dashboard on a corpus (the bundled sample by default) until it is stopped.

    With `read_only` its readers can add no papers. `kernels_ready` kernels are started before anybody comes, each some 120 MB: a page
    then answers at once. `ready` is called with the port once it answers.

    Raises
    ------
    ServerError
        The address cannot be listened on.
    """
    port = _free(ip, port)
    # Voila looks for templates below the data folders of Jupyter; this folder is one of them.
    jupyter = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("JUPYTER_PATH"))))
    # This environment's kernel, not one of the user's others.
    prefer = os.environ.get("JUPYTER_PREFER_ENV_PATH", "1")
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    with (
        tempfile.TemporaryDirectory(prefix="litexplorer-") as folder,
        told_to_kernels(
            corpus=None if corpus is None else str(corpus.folder.resolve()),
            read_only=read_only,
            JUPYTER_PATH=jupyter,
            JUPYTER_PREFER_ENV_PATH=prefer,
        ),
    ):
        # A copy in a folder of its own: what Voila serves from is the notebook's folder, which shall hold nothing else.
        notebook = Path(folder) / "explorer.ipynb"
        notebook.write_bytes(bundled("notebooks", "explorer.ipynb").read_bytes())
        config = settings(ip=ip, port=port, token=token, cull_after=cull_after, browser=browser, ready=kernels_ready)
        config.Voila.tornado_settings["explorer_ready"] = partial(ready, port)
        # A function, for settings are copied deeply, and a corpus cannot be.
        config.Voila.tornado_settings["explorer_corpus"] = lambda: default_corpus() if corpus is None else corpus
        app = ExplorerServer(config=config)
        try:
            app.initialize([str(notebook), *arguments])
            app.start()
        except SystemExit as error:
            if error.code:
                raise _taken(ip, port) from error
        except OSError as error:
            raise _refused(ip, port, error) from error


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
    import asyncio

    # Tornado needs add_reader, which Windows' default event loop lacks.
    asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
