"""A reader of the event stream, by server-sent events or by WebSocket, that can be cut off at any moment."""

import base64
import json
import os
import socket
import struct

from .wait import Failed, check

QUIET_S = 20
"""Longer than the stream's own sign of life takes to come."""


class Cut(Exception):
    """The stream has ended: the server is gone, or was not there."""


class Stream:
    """One connection. Give it the last id that was seen, and it goes on behind it."""

    def __init__(self, server, last, websocket=False):
        self._websocket, self._buffer, self._last = websocket, b"", int(last)
        path, head = "/api/v1/events", [f"Host: {server.http[0]}:{server.http[1]}"]
        head.append(f"Authorization: Bearer {server.token('admin')}")
        if websocket:
            path += f"/ws?cursor={last}"
            key = base64.b64encode(os.urandom(16)).decode()
            head += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        else:
            head += [f"Last-Event-ID: {last}", "Accept: text/event-stream"]
        try:
            self._socket = socket.create_connection(server.http, timeout=QUIET_S)
            self._socket.sendall("\r\n".join([f"GET {path} HTTP/1.1", *head, "", ""]).encode())
        except OSError as error:
            raise Cut(str(error)) from None
        answer = self._until(b"\r\n\r\n").decode()
        status = int(answer.split()[1])
        check(status == (101 if websocket else 200), f"the event stream answers {answer}")

    def cut(self):
        """As a crash of the reader would: a reset, no goodbye."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def next(self):
        """The next event that has a place in the journal: its id and what it says. What has none is passed over."""
        while True:
            event = self.told()
            # What is told in passing bears the number of the last event before it.
            if int(event["id"]) > self._last:
                self._last = int(event["id"])
                return self._last, event

    def told(self):
        """Whatever is told next, in the journal or in passing."""
        while True:
            event = json.loads(self._frame()) if self._websocket else self._event()
            if event:
                return event

    def _receive(self):
        try:
            data = self._socket.recv(1 << 16)
        except TimeoutError:
            raise Failed(f"no sign of life on the event stream within {QUIET_S} s") from None
        except OSError as error:
            raise Cut(str(error)) from None
        if not data:
            raise Cut("closed")
        self._buffer += data

    def _until(self, mark):
        while mark not in self._buffer:
            self._receive()
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _exactly(self, count):
        while len(self._buffer) < count:
            self._receive()
        found, self._buffer = self._buffer[:count], self._buffer[count:]
        return found

    def _event(self):
        """The server sends each event as a chunk of its own."""
        size = int(self._until(b"\r\n"), 16)
        if size == 0:
            raise Cut("ended")
        fields = dict(line.split(": ", 1) for line in self._exactly(size + 2).decode().splitlines() if ": " in line)
        if "data" not in fields:
            return None
        event = json.loads(fields["data"])
        check("id" not in fields or fields["id"] == event["id"], f"two ids of one event: {fields}")
        return event

    def _frame(self):
        """A text message; a server does not mask, and sends none in parts."""
        while True:
            kind, size = self._exactly(2)
            if size == 126:
                size = int.from_bytes(self._exactly(2))
            elif size == 127:
                size = int.from_bytes(self._exactly(8))
            body = self._exactly(size)
            if kind == 0x81:
                return body
            if kind == 0x88:
                raise Cut("closed in order")
