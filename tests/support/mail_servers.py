"""Real mail servers beside Postfix: Debian's packages, unpacked and not installed.

As packages they exclude one another. So `.ci/run` unpacks them into the folder MAIL_SERVERS, and
each runs, as root, in a mount namespace of its own: there its files stand where its package has
them, its users exist, and nothing of the machine changes.
"""

import functools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import ClassVar, Self

import pytest

from support.mail import Certificate
from support.postfix import Mailbox
from support.programs import free_port, tcp_answers

USERS = {"Debian-exim": 61101, "opensmtpd": 61102, "opensmtpq": 61103, "dovecot": 61104}
USERS |= {"dovenull": 61105, "keeper": 61106}  # the last one owns the mails
NAMESPACE = """\
set -e
mount -t overlay none -o "lowerdir=$1/usr:/usr" /usr
mount --bind "$2/passwd" /etc/passwd
mount --bind "$2/group" /etc/group
for each in /run /var/spool /var/lib; do mount -t tmpfs none $each; done
mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd
chmod 711 /var/spool/smtpd
shift 2
exec "$@"
"""
USER, PASSWORD = "reports@example.com", "korrekt-pferd-ä水"


def in_namespace(folder: Path, command: list[str]) -> list[str]:
    """Return the command that runs another one as if its package were installed."""
    for name in ("passwd", "group"):
        lines = Path("/etc", name).read_text()
        for user, number in USERS.items():
            rest = f"{number}::{folder}:/usr/sbin/nologin" if name == "passwd" else ""
            lines += f"{user}:x:{number}:{rest}\n"
        (folder / name).write_text(lines)
    unpacked = os.environ["MAIL_SERVERS"]
    return ["unshare", "--mount", "sh", "-c", NAMESPACE, "sh", unpacked, str(folder), *command]


@functools.cache
def problem() -> str:
    """Why no such server can run here, "" if they can."""
    if os.geteuid() or not os.environ.get("MAIL_SERVERS"):
        return "needs root and MAIL_SERVERS, the folder of unpacked packages that .ci/run makes"
    with tempfile.TemporaryDirectory() as folder:
        command = in_namespace(
            Path(folder), ["ls", "/usr/sbin/exim4", "/usr/sbin/smtpd", "/usr/sbin/dovecot"]
        )
        tried = subprocess.run(command, capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"no namespace for mail servers: {tried.stderr[-200:]}"


class Unpacked(Mailbox):
    """A program in a folder of its own, on a port of its own, that ends with the test.

    `more` stands in its configuration at {more}, in the server's own language.
    """

    command: ClassVar[str]
    configuration: ClassVar[str]
    key_mode = 0o600

    def __init__(self, more: str = "", certificate: Certificate | None = None) -> None:
        if why := problem():
            pytest.skip(why)
        self.port, self.more, self.certificate = free_port(), more, certificate

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="mail-server-"))
        self.folder.chmod(0o755)
        for name in ("mail", "spool"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        if self.certificate:
            for kind in ("chain", "key"):
                shutil.copy(getattr(self.certificate, kind), self.folder / kind)
            (self.folder / "key").chmod(self.key_mode)
        (self.folder / "configuration").write_text(self.filled(self.configuration))
        command = in_namespace(self.folder, self.filled(self.command).split())
        with (self.folder / "out.log").open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 100
        while not tcp_answers(self.port):
            assert time.monotonic() < deadline and self.process.poll() is None, self.log()
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)

    def filled(self, text: str) -> str:
        values = {"more": self.more, "folder": self.folder, "port": self.port}
        for name, value in values.items():
            text = text.replace(f"<{name}>", str(value))
        return text

    def log(self) -> str:
        """What the server has written of what it did."""
        return "\n".join(path.read_text(errors="replace") for path in self.folder.glob("*log"))


class Exim(Unpacked):
    """Takes mail for example.com; for others after a log-in, where it has been given a way."""

    key_mode = 0o644  # it is read as Debian-exim
    command = "exim4 -C <folder>/configuration -bdf"
    configuration = """\
exim_path = /usr/sbin/exim4
spool_directory = <folder>/spool
log_file_path = <folder>/spool/%slog
pid_file_path = <folder>/spool/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = <port>
primary_hostname = mail.example.com
keep_environment =
acl_smtp_rcpt = rcpt
<more>
begin acl
rcpt:
  accept domains = example.com
  accept authenticated = *
  deny message = relay not permitted
begin routers
here:
  driver = accept
  transport = folder
begin transports
folder:
  driver = appendfile
  directory = <folder>/mail
  maildir_format
  user = Debian-exim
  envelope_to_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = ${if def:tls_in_cipher}
  server_condition = ${if and {{eq {$auth2}{USER}} {eq {$auth3}{PASSWORD}}}}
  server_set_id = $auth2
""".replace("USER", USER).replace("PASSWORD", PASSWORD)


class OpenSMTPD(Unpacked):
    """Takes mail for example.com."""

    command = "smtpd -d -f <folder>/configuration"
    configuration = """\
table people { "USER" = "HASH" }
<more>
action "folder" maildir "<folder>/mail" virtual { "@" = "keeper" }
match from any for domain "example.com" action "folder"
match from any auth for any action "folder"
"""

    def filled(self, text: str) -> str:
        hashed = ["openssl", "passwd", "-6", PASSWORD]
        known = subprocess.run(hashed, check=True, capture_output=True, text=True).stdout.strip()
        return super().filled(text).replace("USER", USER).replace("HASH", known)


class Dovecot(Unpacked):
    """Checks the log-ins of Postfix: no mail goes here; `more` are its mechanisms."""

    command = "dovecot -F -c <folder>/configuration"
    configuration = """\
base_dir = <folder>/spool/run
state_dir = <folder>/spool
log_path = <folder>/dovecot.log
protocols =
ssl = no
disable_plaintext_auth = no
auth_verbose = yes
auth_failure_delay = 0
auth_mechanisms = <more>
passdb {
  driver = static
  args = password=PASSWORD
}
userdb {
  driver = static
  args = uid=keeper gid=keeper home=<folder>
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = <port>
  }
}
service stats {
  chroot =
}
""".replace("PASSWORD", PASSWORD)
