"""coturn as the relay of a locked-down office: it takes calls' sound over TCP and carries it on by UDP."""

import socket

from .server import free_port
from .wait import until

PORTS = 40
"""Ports on which it carries on: one for each call of a page."""
SECRET = "known to coturn and Lingtong alone"


class Coturn:
    """A TURN server on loopback that lets in whoever Lingtong gave a password, and carries to this machine alone."""

    def __init__(self, test, certificate=None):
        """`certificate`: the files of its certificate and key, where it takes sound over TLS alone."""
        self.secret_file = test.folder / "turn.secret"
        self.secret_file.write_text(SECRET + "\n")
        port, self.low = free_port(), free_port()
        self.high = self.low + PORTS - 1
        scheme = "turns" if certificate else "turn"
        self.url = f"{scheme}:127.0.0.1:{port}?transport=tcp"
        plain, shown = free_port() if certificate else port, ["no-tls"]
        if certificate:
            shown = ["no-tcp", f"tls-listening-port={port}", f"cert={certificate[0]}", f"pkey={certificate[1]}"]
        self._log = test.folder / "coturn.log"
        config = test.folder / "turnserver.conf"
        config.write_text("\n".join([
            "use-auth-secret", f"static-auth-secret={SECRET}", "realm=lingtong", "fingerprint",
            "listening-ip=127.0.0.1", "relay-ip=127.0.0.1", f"listening-port={plain}", *shown,
            f"min-port={self.low}", f"max-port={self.high}", "no-udp", "no-dtls", "no-multicast-peers", "no-cli",
            "allow-loopback-peers", "cli-password=unused", f"log-file={self._log}", "simple-log", "verbose",
            f"pidfile={test.folder / 'turnserver.pid'}", f"userdb={test.folder / 'turndb'}",
        ]))
        child = test.run("turnserver", "-c", config)
        until(lambda: listens(port), 10, lambda: f"coturn: {child.log.read_text()[-1500:]}", 0.05)

    def flags(self):
        """How Lingtong is told of it."""
        return ["--turn-url", self.url, "--turn-secret-file", self.secret_file]

    def carries(self, port):
        """Whether this port is one on which it carries on."""
        return self.low <= port <= self.high


def listens(port):
    """Whether anybody takes connections there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
