"""Starts and seeds ministack, prints its endpoint, and ends when standard input does."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = str(Path(__file__).parent)
sys.path = [entry for entry in sys.path if entry != FOLDER]
sys.path.append(FOLDER)
from seed import seed  # noqa: E402

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

with tempfile.TemporaryDirectory() as home:
    # It listens on all addresses unless told otherwise.
    environment = dict(os.environ, BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port), HOME=home, MINISTACK_DATA_DIR=home)
    server = subprocess.Popen(
        [sys.executable, "-m", "ministack"], env=environment, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            if socket.socket().connect_ex(("127.0.0.1", port)) == 0:
                break
            time.sleep(0.1)
        endpoint = f"http://127.0.0.1:{port}"
        seed(endpoint)
        print(endpoint, flush=True)
        sys.stdin.read()
    finally:
        server.terminate()
        server.wait()
