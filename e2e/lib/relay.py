"""A network between a phone and the server that can be lost: it can cut connections, or keep still."""

import select
import socket
import threading


class Relay:
    """Hands on bytes of TCP connections both ways."""

    def __init__(self, test, to=None):
        """`to`: where they lead, by default the server's SIP."""
        self.server = to or test.server.sip
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self.port = self.address[1]
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

    def let_through(self):
        """The network is back: connections of before are dead, new ones work."""
        self.cut()
        self._hands_on.set()

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


class Datagrams:
    """Hands UDP on from `via` to the same ports at `to`; the far side sees an address of its own for each sender."""

    def __init__(self, test, ports, via, to="127.0.0.1", lets=lambda port: True):
        """`lets`: says from which of the senders' ports it takes anything."""
        self._to, self._lets, self._far, self._near, self._listeners = to, lets, {}, {}, []
        for port in ports:
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.bind((via, port))
            self._listeners.append(one)
        self._through, self._moves, self._closed = True, False, False
        self._thread = threading.Thread(target=self._run, daemon=True)
        test.at_end(self.close)
        self._thread.start()

    def keep_still(self):
        """Loses everything from now on."""
        self._through = False

    def let_through(self):
        """The network is back, and the far side sees other addresses."""
        self._moves = self._through = True

    def close(self):
        """Ends it."""
        self._closed = True
        self._thread.join(2)

    def _run(self):
        while not self._closed:
            if self._moves:
                self._moves = False
                for one in self._near:
                    one.close()
                self._far, self._near = {}, {}
            # Looks now and then at what it was told.
            for end in select.select([*self._listeners, *self._near], [], [], 0.05)[0]:
                self._take(end)
        for end in (*self._listeners, *self._near):
            end.close()

    def _take(self, end):
        try:
            data, sender = end.recvfrom(65536)
            if not self._through:
                return
            if end in self._near:
                listener, page = self._near[end]
                listener.sendto(data, page)
            elif self._lets(sender[1]):
                self._upstream(end, sender).send(data)
        except OSError:
            pass  # as a network loses a packet

    def _upstream(self, listener, sender):
        key = (listener, sender)
        if key not in self._far:
            far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            far.connect((self._to, listener.getsockname()[1]))
            self._far[key], self._near[far] = far, key
        return self._far[key]
