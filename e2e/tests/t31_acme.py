"""A certificate had from an authority by ACME, against a real one (pebble) that has to look at our HTTPS port."""

import json
import os
import socket
import ssl
import subprocess
import threading

from lib.server import free_port

NAME = "desk.example.com"
AUTHORITY = "127.0.0.1"


class Names:
    """A name server that says of every name that it is this machine."""

    def __init__(self, test):
        self.port = free_port()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", self.port))
        test.at_end(self._socket.close)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                query, sender = self._socket.recvfrom(2048)
            except OSError:
                return
            end = query.index(b"\0", 12) + 5
            is_a = query[end - 4 : end - 2] == b"\0\1"
            head = query[:2] + b"\x85\x80\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0"
            address = b"\xc0\x0c\0\1\0\1\0\0\0\x0a\0\4\x7f\0\0\1" if is_a else b""
            self._socket.sendto(head + query[12:end] + address, sender)


class Authority:
    """pebble, which comes to one port for all names and gives certificates of so many seconds."""

    def __init__(self, test, https, seconds):
        folder = test.folder / "authority"
        folder.mkdir()
        self.root = folder / "cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
            + ["-addext", f"subjectAltName=DNS:localhost,IP:{AUTHORITY}", "-addext", "basicConstraints=critical,CA:FALSE"]
            + ["-keyout", folder / "key.pem", "-out", self.root],
            check=True,
            capture_output=True,
        )
        ports = [free_port(), free_port()]
        config = {
            "listenAddress": f"{AUTHORITY}:{ports[0]}",
            "managementListenAddress": f"{AUTHORITY}:{ports[1]}",
            "certificate": str(self.root),
            "privateKey": str(folder / "key.pem"),
            "httpPort": free_port(),
            "tlsPort": https,
            "certificateValidityPeriod": seconds,
        }
        (folder / "config.json").write_text(json.dumps({"pebble": config}))
        self.log = folder / "log"
        names = Names(test)
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                ["pebble", "-config", folder / "config.json", "-dnsserver", f"127.0.0.1:{names.port}"],
                stdout=log,
                stderr=log,
                env={**os.environ, "PEBBLE_VA_NOSLEEP": "1"},
            )
        test.at_end(process.kill)
        self.directory = f"https://{AUTHORITY}:{ports[0]}/dir"
        test.until(lambda: "Listening on" in self.log.read_text(), 20, "pebble's port")

    def flags(self):
        """Flags that make the server ask here."""
        return ("--acme-domain", NAME, "--acme-directory", self.directory, "--acme-root", self.root)


def shown(port):
    """Issuer, names and fingerprint of what a door shows."""
    context = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname=NAME) as secured:
            der = secured.getpeercert(binary_form=True)
    text = ["openssl", "x509", "-inform", "der", "-noout", "-issuer", "-ext", "subjectAltName", "-fingerprint"]
    return subprocess.run(text, input=der, capture_output=True, check=True).stdout.decode()


def test_had_and_used_again(t):
    """The authority's certificate is shown for HTTPS and SIP; a new start uses it and asks for no other."""
    https, sips = free_port(), free_port()
    authority = Authority(t, https, 3600)
    t.start(*authority.flags(), "--https", f"127.0.0.1:{https}", "--sips", f"127.0.0.1:{sips}")
    t.until(lambda: "Pebble" in shown(https), 30, lambda: f"an issued certificate: {shown(https)}")
    t.check(f"DNS:{NAME}" in shown(https), shown(https))
    first = shown(https)
    t.equal(shown(sips), first, "SIP over TLS")
    t.server.kill()
    t.server.start()
    t.equal(shown(https), first, "after a new start")
    mode = (t.server.folder / "data/tls/acme.pem").stat().st_mode & 0o777
    t.equal(oct(mode), "0o600", "who can read the key")


def test_renewed_in_time(t):
    """A certificate that has served two thirds of its life is followed by another."""
    https = free_port()
    authority = Authority(t, https, 15)
    t.start(*authority.flags(), "--https", f"127.0.0.1:{https}")
    t.until(lambda: "Pebble" in shown(https), 30, lambda: f"an issued certificate: {shown(https)}")
    first = shown(https)
    t.until(lambda: shown(https) != first, 30, "another certificate", 0.5)
    t.check("Pebble" in shown(https), shown(https))


def test_refused(t):
    """When the authority can't reach the port, the certificate made here stays, and the log says what to do."""
    https = free_port()
    authority = Authority(t, free_port(), 3600)
    t.start(*authority.flags(), "--https", f"127.0.0.1:{https}")
    t.until(lambda: "port 443 of each name" in t.server.log.read_text(), 60, "what to do, in the log")
    t.check("Failed to connect" in t.server.log.read_text(), "the authority's reason is not in the log")
    t.check("Pebble" not in shown(https), shown(https))
