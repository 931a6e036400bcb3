"""Starts and seeds moto, prints its endpoint, and ends when standard input does."""

import sys
from pathlib import Path

# This file has the emulator's own name: its folder must not come first.
FOLDER = str(Path(__file__).parent)
sys.path = [entry for entry in sys.path if entry != FOLDER]

from moto.server import ThreadedMotoServer  # noqa: E402

sys.path.append(FOLDER)
from seed import seed, seed_containers  # noqa: E402

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://127.0.0.1:{port}"
seed(endpoint)
seed_containers(endpoint)
print(endpoint, flush=True)
sys.stdin.read()
server.stop()
