"""A mail server for reading: one folder with the mails it is given, in as much of IMAP4rev1 as a reader speaks."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress


class ImapServer(socketserver.ThreadingTCPServer):
    """Listens on loopback. commands: what it was told, without passwords. silent: it greets nobody. asked: somebody came.
    gone: numbers of mails that are deleted after they were listed. refuses: it lists mails and hands none out. drips: to the
    first question behind the sign-in it answers for ever, an octet at a time."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mails: Sequence[bytes], password: str = "secret", *, silent: bool = False) -> None:
        self.mails, self.password, self.silent = list(mails), password, silent
        self.commands: list[str] = []
        self.validity = 7
        self.gone: set[int] = set()
        self.refuses = self.drips = False
        self.asked, self.ended = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def handle(self) -> None:
        self.server.asked.set()
        if self.server.silent:
            self.server.ended.wait(30)
            return
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            name = rest.upper().removeprefix("UID ").split(" ")[0]
            self.server.commands.append(name)
            if name == "STATUS" and self.server.drips:
                with suppress(OSError):
                    while not self.server.ended.wait(0.05):
                        self.wfile.write(b"*")
                return
            if name == "LOGIN" and not rest.endswith(f'"{self.server.password}"'):
                self.say(f"{tag} NO wrong")
            elif name in ("SELECT", "STATUS") and "INBOX" not in rest:
                self.say(f"{tag} NO no such folder")
            elif self.server.refuses and "<0." in rest:
                self.say(f"{tag} NO not now")
            else:
                self.answer(name, rest)
                self.say(f"{tag} OK done")
            if name == "LOGOUT":
                return

    def answer(self, name: str, rest: str) -> None:
        mails = self.server.mails
        if name == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif name == "SELECT":
            self.say("* FLAGS ()", f"* {len(mails)} EXISTS", f"* OK [UIDVALIDITY {self.server.validity}] ok")
        elif name == "STATUS":
            self.say(f'* STATUS "INBOX" (MESSAGES {len(mails)} UIDVALIDITY {self.server.validity})')
        elif name == "SEARCH":
            self.say("* SEARCH " + " ".join(str(n) for n in range(1, len(mails) + 1)))
        elif name == "FETCH":
            assert "PEEK" in rest, "a mail would be marked as read"
            for uid in map(int, re.split(",", rest.split(" ")[2])):
                mail = mails[uid - 1]
                if uid in self.server.gone and "<0." in rest:
                    continue
                cut = re.search(r"<0\.([0-9]+)>", rest)
                part = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in rest else mail[: int(cut[1]) if cut else None]
                head = f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(mail)} BODY[]{'<0>' if cut else ''} {{{len(part)}}}"
                self.say(head, part + b")")
        elif name == "LOGOUT":
            self.say("* BYE bye")


@contextmanager
def imap_server(*mails: bytes, silent: bool = False) -> Iterator[ImapServer]:
    """Serves these mails until the block ends."""
    with ImapServer(mails, silent=silent) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
