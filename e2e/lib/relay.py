"""A router between a phone and the server that connections lead through: it can cut them, or keep still."""

import socket
import threading


class Relay:
    """Hands on bytes of TCP connections both ways."""

    def __init__(self, test):
        self.server = test.server.sip
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets, self._lock = [], threading.Lock()
        self._hands_on = threading.Event()
        self._hands_on.set()
        self.accepted = self.invites = 0
        test.at_end(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Ends all connections on both sides; new ones are taken."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for s in sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def keep_still(self):
        """Hands on nothing any more, and neither side is told."""
        self._hands_on.clear()

    def close(self):
        """Ends it."""
        self._hands_on.set()
        self._listener.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self.server)
            except OSError:
                return
            with self._lock:
                self._sockets += [near, far]
                self.accepted += 1
            threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, one, other, inward):
        with one:
            try:
                while data := one.recv(65536):
                    self._hands_on.wait()
                    # A message of the server's comes in one piece, and names its method so in its first line alone.
                    self.invites += data.count(b"INVITE sip:") if inward else 0
                    other.sendall(data)
                other.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
