"""demo: its desk, until it is interrupted."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

from aggregator.cli.demo import PORT, free_port

SERVE = "from pathlib import Path; from aggregator.cli.demo import serve; serve(Path('config.yaml'), quiet=False)"


def test_the_desk_of_the_demo_listens_until_it_is_interrupted(tmp_path: Path, sqlite_url: str) -> None:
    text = f"database: '{sqlite_url}'\nroundups: [{{name: Links}}]\nweb: {{port: {free_port()}}}\n"
    (tmp_path / "config.yaml").write_text(text)
    with subprocess.Popen([sys.executable, "-c", SERVE], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address is not None, said
        with urllib.request.urlopen(address[0] + "r/links/held", timeout=10) as answer:
            assert b"Nothing is on hold" in answer.read()
        with urllib.request.urlopen(address[0] + "settings", timeout=10) as answer:
            assert b"config.yaml</code>" in answer.read(), "its pages can write into it"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_taken_port_is_made_up_for() -> None:
    with socket.socket() as taken:
        with suppress(OSError):  # something else listens there already
            taken.bind(("127.0.0.1", PORT))
        assert free_port() not in (0, PORT)
