"""What a parse worker may not do, though its parser asked for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

GUARDED = """
import sys, socket, subprocess, os, encodings.idna
from aggregator.intake import worker
sys.addaudithook(worker._guard())
try:
    {attempt}
except PermissionError as refused:
    print(refused)
"""


def attempt(code: str) -> str:
    program = GUARDED.format(attempt=code)
    return subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("code", ["open('/etc/hostname')", "os.open('/etc/passwd', os.O_RDONLY)", "open('out', 'w')"])
def test_a_parser_opens_no_files(code: str) -> None:
    assert attempt(code) == "a parser opens no files"


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "os.remove('x')",
    ],
)
def test_a_parser_connects_starts_and_removes_nothing(code: str) -> None:
    assert attempt(code) == "a parser does nothing but parse"


def test_a_parser_may_load_the_libraries_it_needs() -> None:
    assert attempt("import yarl, encodings.shift_jis; print('loaded')") == "loaded"


def test_a_worker_starts_without_the_heavy_libraries() -> None:
    heavy = "{'sqlalchemy', 'sklearn', 'numpy', 'aiohttp', 'pydantic', 'asyncio', 'yarl'}"
    program = f"import sys, aggregator.intake.worker; print(sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert loaded == "[]"
