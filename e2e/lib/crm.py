"""A system beside the centre that flows ask: a real HTTP server, with what it was asked."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Crm:
    """Knows customers by number; `hold` keeps every answer back until it is set free. `tls`: files of a certificate and its
    key, for HTTPS."""

    def __init__(self, test, customers, tls=None):
        self.customers, self.asked = customers, []
        self.free = threading.Event()
        self.free.set()
        crm = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length) or b"null")
                crm.asked.append({"path": self.path, "body": body, "headers": dict(self.headers)})
                crm.free.wait(60)
                customer = crm.customers.get((body or {}).get("phone"))
                answer = json.dumps({"customer": customer} if customer else {}).encode()
                try:
                    self.send_response(200 if customer else 404)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass  # Who asked has given up.

        class Listener(ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # Who asked does not believe the certificate.

        self.server = Listener(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            # The handshake belongs to the connection's own thread: a client that gives up must not stop the others.
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        test.at_end(self._end)

    def hold(self):
        """No answer from now on."""
        self.free.clear()

    def _end(self):
        self.free.set()
        self.server.shutdown()
        self.server.server_close()
