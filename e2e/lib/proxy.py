"""A bad network between a phone and the server: loses, doubles and delays datagrams, by a seed."""

import heapq
import random
import select
import socket
import threading
import time


class BadNetwork:
    """Forwards between a phone and the server."""

    def __init__(self, server, seed, lose=0.15, double=0.1, late_s=0.08):
        self.server, self.random = server, random.Random(seed)
        self.lose, self.double, self.late_s = lose, double, late_s
        self.near, self.far = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for s in (self.near, self.far):
            s.bind(("127.0.0.1", 0))
        self.address, self.outside = self.near.getsockname(), self.far.getsockname()
        self.lost = self.doubled = 0
        self._phone = None
        self._late = []
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def attach(self, phone):
        """Leads a phone's signalling both ways through here."""
        phone.proxy = self.address
        phone.contact = f"<sip:{phone.user}@{self.outside[0]}:{self.outside[1]}>"
        return phone

    def _run(self):
        while not self._closed:
            ready = select.select([self.near, self.far], [], [], 0.005)[0]
            for s in ready:
                data, source = s.recvfrom(65536)
                if s is self.near:
                    self._phone = source
                self._forward(data, s is self.near)
            while self._late and self._late[0][0] <= time.monotonic():
                _, _, data, outward = heapq.heappop(self._late)
                self._send(data, outward)

    def _forward(self, data, outward):
        if self.random.random() < self.lose:
            self.lost += 1
            return
        times = 1
        if self.random.random() < self.double:
            self.doubled += 1
            times = 2
        for _ in range(times):
            at = time.monotonic() + self.random.random() * self.late_s
            heapq.heappush(self._late, (at, self.random.random(), data, outward))

    def _send(self, data, outward):
        if outward:
            self.far.sendto(data, self.server)
        elif self._phone:
            self.near.sendto(data, self._phone)

    def close(self):
        """Ends it."""
        self._closed = True
        self._thread.join(1)
        self.near.close()
        self.far.close()
