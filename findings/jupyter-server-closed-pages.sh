#!/usr/bin/env bash
# jupyter_server: what a page had is held for a minute after it was closed, though its kernel answered at once and is gone.
# Expected: when a page closes its web socket and its kernel is shut down, the connection between them goes.
# Seen: the patience with the kernel's first answer, 60 seconds, is a timer that nothing stops once that answer came.
# Hurts: servers of dashboards with many short visits, whose memory grows with what came within a minute, not with what is open.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check jupyter_server==2.21.1 ipykernel==7.4.0 tornado==6.6.1
venv/bin/pip freeze | grep -E '^(jupyter_server|jupyter_client|ipykernel|tornado|traitlets)=' | paste -sd ' '

mkdir notebooks
HOME=$folder venv/bin/python - <<'PY'
import asyncio
import gc
import json
import socket

from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import websocket_connect

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
base = f"http://127.0.0.1:{port}/"
server = ServerApp.instance()
server.initialize(["--no-browser", f"--port={port}", "--IdentityProvider.token=", "--ServerApp.root_dir=notebooks",
                   "--ServerApp.disable_check_xsrf=True", "--log-level=ERROR"], find_extensions=False)


def held():
    gc.collect()
    return sum(type(one) is ZMQChannelsWebsocketConnection for one in gc.get_objects())


async def visit():
    asked = AsyncHTTPClient()
    made = await asked.fetch(f"{base}api/kernels", method="POST", body="{}")
    kernel = json.loads(made.body)["id"]
    line = await websocket_connect(f"{base.replace('http', 'ws')}api/kernels/{kernel}/channels?session_id=one")
    await line.read_message()
    line.close()
    await asked.fetch(f"{base}api/kernels/{kernel}", method="DELETE")


async def main():
    for _ in range(3):
        await visit()
    for seconds in (20, 60):
        await asyncio.sleep(seconds)
        seen.append(held())


seen = []
server.io_loop.run_sync(main)
print("visits: 3, connections held 20 seconds after the last one left, and another 60 seconds later:", *seen)
assert seen[0] == 3
assert seen[1] == 0
PY
