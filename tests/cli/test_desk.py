"""serve and password, as they are typed."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.desk.access import has_password, is_right
from tests.cli.conftest import Author


def say(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(words))


def test_a_password_is_read_from_standard_input_and_never_shown(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, "three words and more\nnot this\n")
    ran = author.run("password")
    assert "The password is set" in ran.out
    assert "three words" not in ran.out + ran.err
    assert is_right(author.world.installation, "three words and more")
    author.run("password", "--remove")
    assert not has_password(author.world.installation)


def test_a_password_too_short_is_a_mistake_of_the_command(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, "short\n")
    assert "at least 10 characters" in author.fails("password", want=2)
    assert not has_password(author.world.installation)


def test_the_key_is_changed_and_the_one_before_kept(author: Author) -> None:
    before = author.world.installation.signing_keys()
    author.run("password", "--new-key")
    assert author.world.installation.signing_keys()[1:] == before


def test_nobody_else_s_machine_is_served_without_a_password(author: Author) -> None:
    author.configure(author.world.config + "web: {host: 0.0.0.0}\n")
    for command in ("serve", "run"):
        assert "aggregator password" in author.fails(command, want=2)


def test_a_taken_port_is_said_and_ends_it(author: Author) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "cannot listen" in author.fails("serve", "--port", str(taken.getsockname()[1]))


def test_serve_answers_until_it_is_told_to_end(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("roundups: [{name: Links}]\n")
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-c", "from aggregator.cli import main; main()", "serve", "--port", str(port)]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(command, cwd=tmp_path, stderr=said)
    try:
        page = wait_for(f"http://127.0.0.1:{port}/r/links/", process)
        assert "Links" in page
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert "Traceback" not in (tmp_path / "said").read_text()
    finally:
        process.kill()
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError("it never answered")
