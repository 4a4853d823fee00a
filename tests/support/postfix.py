"""A real Postfix in a folder of its own, on a port of its own: Debian's package, as root."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest

from support.programs import free_port, tcp_answers

SERVICES = """\
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
CONFIGURATION = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.com
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
virtual_mailbox_domains = example.com
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 50
smtpd_relay_restrictions = reject_unauth_destination
message_size_limit = 200000
"""


class Mailbox:
    """A mail server in a folder, where it keeps what it takes for whomever."""

    folder: Path
    port: int

    def settings(self, **more: str) -> dict[str, str]:
        settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.port), "SMTP_SECURITY": "none"}
        return settings | {"EMAIL_FROM": "reports@example.com", "EMAIL_TO": "a@example.com"} | more

    def mails(self) -> list[bytes]:
        """What has been delivered."""
        return [file.read_bytes() for file in sorted((self.folder / "mail").rglob("new/*"))]


class Postfix(Mailbox):
    """Takes mail for example.com, into one folder; `more` are lines of main.cf."""

    def __init__(self, *more: str) -> None:
        if os.geteuid() or not shutil.which("postfix"):
            pytest.skip("needs root and Debian's package postfix")
        self.port, self.more = free_port(), more

    def __enter__(self) -> Self:
        # Not in pytest's own folders, which are closed to Postfix's user.
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        user = pwd.getpwnam("postfix")
        self.folder.chmod(0o755)
        for name in ("etc", "queue", "data", "mail"):
            (self.folder / name).mkdir()
        for name in ("data", "mail"):
            os.chown(self.folder / name, user.pw_uid, user.pw_gid)
        lines = CONFIGURATION.format(folder=self.folder, uid=user.pw_uid, gid=user.pw_gid)
        (self.folder / "etc/main.cf").write_text(lines + "\n".join(self.more) + "\n")
        (self.folder / "etc/master.cf").write_text(SERVICES.format(port=self.port))
        self.run("start")
        deadline = time.monotonic() + 100
        while not tcp_answers(self.port):
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.run("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command: str) -> None:
        subprocess.run(
            ["postfix", "-c", str(self.folder / "etc"), command],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
