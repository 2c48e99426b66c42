"""SIP over TLS and HTTPS, with a certificate made for the test."""

import socket
import ssl
import subprocess
import urllib.request

from lib.server import free_port
from tests.t10_start import refuse


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


def test_https_without_certificate_is_refused(t):
    """A flag that cannot be kept is refused by its name, not overlooked."""
    refuse(t, "--https", f"127.0.0.1:{free_port()}", needs=["https", "--tls-cert"])
