"""A mail server line by line: it says what a test gives it to say, as real ones were seen to."""

import base64
import contextlib
import socketserver
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

HANG_UP = "\b"


@dataclass
class Habits:
    """Replies by verb, or by verb and address (`RCPT TO:<a@x>`), which goes first.

    Beside the verbs there are GREETING, DOT, and MAIL ITSELF: said before that is read. After one
    that ends in HANG_UP the connection is gone.
    """

    offers: list[str] = field(default_factory=lambda: ["SIZE 10000000", "8BITMIME"])
    replies: dict[str, list[str]] = field(default_factory=dict)  # the last one stays
    after_dot: float = 0.0  # seconds until the reply to a mail
    held: threading.Event | None = None  # until which there is none
    before_greeting: float = 0.0  # seconds
    silent: bool = False  # no greeting, as of a server that waits for TLS


class ScriptedSMTP:
    """Listens in threads of its own; `taken` has what it has been given."""

    def __init__(self, **habits: Any) -> None:
        self.habits = Habits(**habits)
        self.lines: list[str] = []  # of all clients
        self.taken: list[tuple[str, bytes]] = []  # recipient, mail
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True  # a reply of several lines would wait for 40 ms

            def handle(self) -> None:
                outer.talk(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Refuse connections from now on."""
        self.server.shutdown()
        self.server.server_close()

    def settings(self, **more: str) -> dict[str, str]:
        port = str(self.server.server_address[1])
        settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_SECURITY": "none"}
        return settings | {"EMAIL_FROM": "reports@example.com", "EMAIL_TO": "a@example.com"} | more

    def log_ins(self) -> list[str]:
        """What clients have shown, decoded."""
        shown = [line.split()[-1] for line in self.lines if line.startswith("AUTH PLAIN ")]
        return [base64.b64decode(each).decode() for each in shown]

    def reply(self, line: str, usual: str) -> str:
        # No letter of a command counts as large or small: CPython 3.13 writes "rcpt to:".
        for key in (line.lower(), line.split()[0].lower()):
            for known, script in self.habits.replies.items():
                if known.lower() == key:
                    return script.pop(0) if len(script) > 1 else script[0]
        return usual

    def talk(self, read: Any, write: Any) -> None:
        with contextlib.suppress(ConnectionAbortedError):
            self.converse(read, write)

    def converse(self, read: Any, write: Any) -> None:
        def say(text: str) -> None:
            if line := text.removesuffix(HANG_UP):
                write.write(line.encode() + b"\r\n")
            if text.endswith(HANG_UP):
                raise ConnectionAbortedError

        if self.habits.silent:
            read.readline()
            return
        time.sleep(self.habits.before_greeting)
        say(self.reply("GREETING", "220 test ESMTP"))
        recipient = ""
        while line := read.readline().decode().strip():
            self.lines.append(line)
            verb = line.split()[0].upper()
            if verb == "EHLO" and "EHLO" not in self.habits.replies:
                extensions = ["test", *self.habits.offers]
                for number, extension in enumerate(extensions, 1):
                    say(f"250{'-' if number < len(extensions) else ' '}{extension}")
            elif verb == "DATA":
                reply = self.reply(line, "354 Go on")
                say(reply)
                if not reply.startswith("354"):
                    continue
                if "MAIL ITSELF" in self.habits.replies:
                    say(self.reply("MAIL ITSELF", ""))
                mail = b""
                while (part := read.readline()) != b".\r\n":
                    if not part:
                        return  # the client left in mid-mail
                    mail += part
                # As Postfix does: what is taken is taken, though the client may be gone by then.
                time.sleep(self.habits.after_dot)
                if self.habits.held:
                    self.habits.held.wait(60)
                reply = self.reply("DOT", "250 Taken")
                if reply.startswith("2"):
                    self.taken.append((recipient, mail))
                say(reply)
            elif verb == "AUTH":
                say(self.reply("AUTH", "235 Welcome"))
            elif verb == "QUIT":
                say("221 Bye")
                return
            else:
                if verb == "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                say(self.reply(line, "250 OK"))
