"""A time-stamp authority of a test's own: the `openssl ts` program under certificates made here, behind a small server."""

import http.server
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

CONFIGURATION = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[plain]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
[signing]
default_tsa = service
[service]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path, text: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    """Answers requests with tokens. `days` is how long its certificate is valid from a year ago on."""

    def __init__(
        self, folder: Path, *, name: str = "TSA", extensions: str = "tsa", until: str = "20600101000000Z"
    ) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        (folder / "openssl.cnf").write_text(CONFIGURATION.format(name=name, folder=folder))
        self.root = folder / "root.pem"
        self.answer: Callable[[bytes], bytes] = self.stamp
        self.asked: list[bytes] = []
        self.status = 200
        self._make(extensions, until)
        self._serve()

    def _make(self, extensions: str, until: str) -> None:
        settings = self.folder / "openssl.cnf"
        for name in ("root", "tsa"):
            openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", self.folder / f"{name}.key")
        openssl(
            "req", "-x509", "-new", "-key", self.folder / "root.key", "-config", settings, "-extensions", "ca",
            "-subj", "/CN=Root", "-days", "9000", "-out", self.root,
        )  # fmt: skip
        openssl("req", "-new", "-key", self.folder / "tsa.key", "-config", settings, "-out", self.folder / "tsa.csr")
        (self.folder / "index").touch()
        (self.folder / "issuing.cnf").write_text(
            f"[ca]\ndefault_ca = own\n[own]\ndatabase = {self.folder}/index\nnew_certs_dir = {self.folder}\n"
            f"serial = {self.folder}/issued\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n[any]\n"
            "commonName = supplied\n"
        )
        openssl(
            "ca", "-batch", "-notext", "-config", self.folder / "issuing.cnf", "-cert", self.root,
            "-keyfile", self.folder / "root.key", "-in", self.folder / "tsa.csr", "-out", self.folder / "tsa.pem",
            "-extfile", settings, "-extensions", extensions, "-startdate", "20200101000000Z", "-enddate", until,
        )  # fmt: skip

    def stamp(self, request: bytes) -> bytes:
        """The reply of `openssl ts`."""
        query, reply = self.folder / "query", self.folder / "reply"
        query.write_bytes(request)
        openssl(
            "ts", "-reply", "-config", self.folder / "openssl.cnf", "-section", "service", "-queryfile", query,
            "-signer", self.folder / "tsa.pem", "-inkey", self.folder / "tsa.key", "-out", reply,
        )  # fmt: skip
        return reply.read_bytes()

    def verifies(self, token: bytes, data: bytes) -> bool:
        """What `openssl ts -verify` says to a bare token."""
        (self.folder / "token").write_bytes(token)
        (self.folder / "data").write_bytes(data)
        command = ["openssl", "ts", "-verify", "-data", self.folder / "data", "-in", self.folder / "token", "-token_in"]
        done = subprocess.run([*command, "-CAfile", self.root], capture_output=True, check=False)
        return done.returncode == 0

    def _serve(self) -> None:
        authority = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers["Content-Length"]))
                authority.asked.append(request)
                body = authority.answer(request)
                self.send_response(authority.status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/tsa"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
