"""A codec server: it shows the Web UI in clear what PAYLOAD_KEYS has encrypted.

The browser sends it the payloads that the Temporal Service gave it, and gets them back decrypted
(https://docs.temporal.io/production-deployment/data-encryption#codec-server-setup). It listens on
this machine alone, and answers pages of the Web UI alone.
"""

import asyncio
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from generator.running.encryption import Encryption
from generator.running.temporal import configuration, is_here

PORT = 8081
MOST = 64_000_000  # bytes of a request
CLOUD = "https://cloud.temporal.io"


def web_uis() -> set[str]:
    """Return the origins of the Web UI that belongs to TEMPORAL_ADDRESS."""
    address = configuration()["target_host"]
    if not is_here(address):
        return {CLOUD}
    port = int(address.rpartition(":")[2]) + 1000  # where the dev server puts it
    return {f"http://{host}:{port}" for host in ("localhost", "127.0.0.1")}


def codec_server(codec: Encryption, allowed: set[str], port: int = PORT) -> ThreadingHTTPServer:
    """Return a server at localhost that has its port already, and does not answer yet.

    Raises:
        OSError: the port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            """The browser asks whether a page of this origin may send a request."""
            self.answer(204 if self.is_allowed() else 403)

        def do_POST(self) -> None:
            path = self.path.partition("?")[0]  # the Web UI of 2026 adds ?preserveStorageRefs=true
            work = {"/decode": codec.decode, "/encode": codec.encode}.get(path)
            length = self.headers.get("Content-Length", "")
            if not self.is_allowed():
                return self.answer(403, "This page may not read payloads.")
            if not work or not length.isdecimal() or int(length) > MOST:
                return self.answer(404, "Only payloads are taken, at /decode and /encode.")
            try:
                payloads = json_format.Parse(self.rfile.read(int(length)), Payloads()).payloads
                done = Payloads(payloads=asyncio.run(work(payloads)))
            except (ValueError, json_format.ParseError) as error:
                return self.answer(400, str(error))
            self.answer(200, json_format.MessageToJson(done))

        def is_allowed(self) -> bool:
            # The name that the browser has asked for counts, too: a page of another site can have
            # its own name lead here.
            name = self.headers.get("Host", "").rpartition(":")[0]
            return self.headers.get("Origin", "") in allowed and name in ("localhost", "127.0.0.1")

        def answer(self, status: int, text: str = "") -> None:
            body = text if status == 200 else json.dumps({"message": text}) * bool(text)
            self.send_response(status)
            if self.is_allowed():
                self.send_header("Access-Control-Allow-Origin", self.headers["Origin"])
                self.send_header("Access-Control-Allow-Methods", "POST, OPTIONS")
                self.send_header("Access-Control-Allow-Headers", "content-type, x-namespace")
            self.send_header("Vary", "Origin")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass  # whoever looks at a run asks once for each payload

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def serve_codec() -> None:
    """Serve until a signal ends the process.

    Raises:
        ValueError: PAYLOAD_KEYS is unset or wrong, or the port is taken.
    """
    codec, allowed = Encryption(), web_uis()
    try:
        server = codec_server(codec, allowed)
    except OSError as error:
        raise ValueError(f"The codec server needs port {PORT}: {error.strerror}") from None
    with server:
        print(f"Codec server for {', '.join(sorted(allowed))}: http://localhost:{PORT}", flush=True)
        print("Enter this address in the Web UI, at the glasses at its top.", flush=True)
        server.serve_forever()
