"""SIP over TLS and HTTPS, with a certificate made for the test."""

import hashlib
import socket
import ssl
import subprocess
import urllib.request

from lib.baresip import Baresip
from lib.server import free_port

CALLER_HZ, AGENT_HZ = 500, 1150


def certificate(folder):
    """A self-signed certificate for 127.0.0.1; gives its files."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
        + ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return cert, key


def test_https_and_sips(t):
    """A stranger's OPTIONS over TLS is answered, and the page comes by HTTPS, both with our certificate."""
    cert, key = certificate(t.folder)
    https, sips = free_port(), free_port()
    t.start(
        *("--tls-cert", cert, "--tls-key", key),
        *("--https", f"127.0.0.1:{https}", "--sips", f"127.0.0.1:{sips}"),
    )
    trust = ssl.create_default_context(cafile=cert)
    with urllib.request.urlopen(f"https://127.0.0.1:{https}/healthz", context=trust, timeout=10) as answer:
        t.equal(answer.status, 200, "HTTPS")
    with socket.create_connection(("127.0.0.1", sips), timeout=10) as plain:
        with trust.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
            local = "%s:%d" % secured.getsockname()
            secured.sendall(
                (
                    f"OPTIONS sips:ping@127.0.0.1:{sips} SIP/2.0\r\n"
                    f"Via: SIP/2.0/TLS {local};branch=z9hG4bKtls1\r\nMax-Forwards: 70\r\n"
                    f"From: <sips:me@{local}>;tag=1\r\nTo: <sips:ping@127.0.0.1>\r\n"
                    "Call-ID: tls1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
                ).encode()
            )
            t.check(secured.recv(4096).startswith(b"SIP/2.0 200"), "OPTIONS over TLS")


def peer_certificate(port):
    """What a door shows, trusted or not."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with ssl._create_unverified_context().wrap_socket(plain) as secured:
            return secured.getpeercert(binary_form=True)


def sha256(der):
    """A certificate's fingerprint as browsers print it."""
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def test_a_first_look_needs_no_certificate(t):
    """Without one the server makes its own, names it in the log, shows it at both doors and uses it again."""
    https, sips = free_port(), free_port()
    server = t.start("--https", f"127.0.0.1:{https}", "--sips", f"127.0.0.1:{sips}")
    first = peer_certificate(https)
    t.equal(peer_certificate(sips), first, "the certificate of SIP over TLS")
    t.check(sha256(first) in server.log.read_text(), "the fingerprint is in the log")
    for file in (t.folder / "data/tls").iterdir():
        t.equal(file.stat().st_mode & 0o077, 0, f"what others may do with {file.name}")
    server.stop()
    server.start()
    t.equal(peer_certificate(https), first, "the certificate after a restart")


def test_a_renewed_certificate_needs_no_restart(t):
    """What replaces the files is shown to new connections; what is broken is not."""
    cert, key = certificate(t.folder)
    https = free_port()
    server = t.start("--tls-cert", cert, "--tls-key", key, "--https", f"127.0.0.1:{https}")
    first = peer_certificate(https)
    whole = cert.read_bytes()
    cert.write_bytes(whole[:100])
    t.until(lambda: "stays in use" in server.log.read_text(), 20, "the complaint about the broken file")
    t.equal(peer_certificate(https), first, "the certificate while the file is broken")
    certificate(t.folder)
    t.until(lambda: peer_certificate(https) != first, 20, "the new certificate")


def test_websocket_by_https(t):
    """The stream of events comes by a secured WebSocket too."""
    https = free_port()
    server = t.start("--https", f"127.0.0.1:{https}")
    with socket.create_connection(("127.0.0.1", https), timeout=10) as plain:
        with ssl._create_unverified_context().wrap_socket(plain) as secured:
            secured.sendall(
                (
                    f"GET /api/v1/events/ws HTTP/1.1\r\nHost: 127.0.0.1:{https}\r\nConnection: Upgrade\r\n"
                    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    f"Authorization: Bearer {server.token('admin')}\r\n\r\n"
                ).encode()
            )
            t.check(secured.recv(4096).startswith(b"HTTP/1.1 101"), "the upgrade")


def test_srtp_with_a_foreign_stack(t):
    """baresip calls over TLS and insists on SRTP: keys and tones both ways, to an agent on plain RTP; hold and back."""
    cert, key = certificate(t.folder)
    sips = ("127.0.0.1", free_port())
    t.start("--tls-cert", cert, "--tls-key", key, "--sips", "%s:%d" % sips)
    agent = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    caller = Baresip(t, "1001", "demo-1001", CALLER_HZ, tls=(sips, cert))
    caller.dial("95000")
    t.server.wait_live("menu")
    caller.command("sndcode", "1")
    offered = agent.take_call(AGENT_HZ, 20)
    caller.wait_tone(AGENT_HZ)
    offered.rtp.wait_tone(CALLER_HZ)
    t.check(b"SAVP" not in offered.incoming.body, "the agent's own leg is plain")
    said = caller.process.log.read_text(errors="replace")
    t.check("SRTP is Enabled" in said, f"baresip does not tell of SRTP: {said[-1500:]}")
    offered.hold().wait()
    t.server.wait_live("held")
    t.until(lambda: not caller.hears(AGENT_HZ), 5, "the agent's tone ends with the hold")
    offered.resume().wait()
    caller.wait_tone(AGENT_HZ)
    offered.rtp.wait_tone(CALLER_HZ)
    caller.hang_up()
    offered.wait_end()
    t.server.wait_idle()
    item = t.until(t.server.interactions, 8, "the record", 0.2)[0]
    record = t.server.get(f"/api/v1/interactions/{item['id']}")
    t.equal({m["transport"].lower() for m in record["messages"] if m["leg_id"] == record["legs"][0]["id"]}, {"tls"}, "ways")
