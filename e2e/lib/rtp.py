"""One end of an RTP stream: sends a tone, silence or keys every 20 ms and keeps what it hears."""

import collections
import random
import select
import socket
import struct
import threading
import time

from . import audio
from .wait import until

TICK = 0.02
LATE_TICKS = 5
"""Packets that are sent in one go after a hold-up."""
LATE_PLACES = 6
"""So many packets of 20 ms pass one that is late."""
SILENCE = {audio.PCMU: b"\xff" * audio.FRAME, audio.PCMA: b"\xd5" * audio.FRAME}


class Rtp:
    """A socket for one call's audio."""

    def __init__(self, ip="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.ip, self.port = self.socket.getsockname()
        self.remote = None
        self.pt = audio.PCMA
        self.event_pt = audio.EVENT
        self.sending = True
        self.frames = None
        self.played = []
        self.network = None
        self._kept_back = []
        self.lost = 0
        self.heard = []
        self.sources = set()
        self._marked = 0
        self._outbox = collections.deque()
        self._sequence = random.randrange(1 << 16)
        self._stamp = random.randrange(1 << 31)
        self._ssrc = random.randrange(1 << 32)
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # ---- what is sent ----

    def tone(self, *frequencies):
        """Sends this from now on; nothing for silence."""
        self.frames = frequencies or None

    def play(self, frequencies, seconds=1.0):
        """Sends one tone after another, each for so long; when each began is kept in `played`, as time of day."""
        for frequency in frequencies:
            count = round(seconds / TICK)
            self._outbox.extend(("tone", frequency, n == 0) for n in range(count))

    def say(self, *clips):
        """Speaks shipped clips, one after the other."""
        for clip in clips:
            samples = list(audio.clip_samples(clip))
            whole = range(0, len(samples) - audio.FRAME + 1, audio.FRAME)
            self._outbox.extend(("audio", audio.encode(samples[n : n + audio.FRAME], self.pt), False) for n in whole)

    def press(self, digits, ms=120):
        """Presses keys by RFC 4733."""
        for digit in digits:
            code = "0123456789*#ABCD".index(digit)
            steps = ms // 20
            for n in range(steps + 3):
                last = n >= steps - 1
                duration = min(n + 1, steps) * audio.FRAME
                body = struct.pack("!BBH", code, (0x80 if last else 0) | 10, duration)
                self._outbox.append(("event", body, n == 0))
            self._outbox.extend([("gap", b"", False)] * 5)

    def press_in_band(self, digits):
        """Presses keys as tones."""
        for digit in digits:
            self._outbox.extend(("audio", frame, False) for frame in audio.dtmf_frames(digit, self.pt))
            self._outbox.extend([("gap", b"", False)] * 5)

    def _send_one(self):
        kind, body, first = self._outbox.popleft() if self._outbox else ("gap", b"", False)
        stamp, pt, marker = self._stamp, self.pt, 0
        if kind == "event":
            pt = self.event_pt
            if first:
                self._event_stamp, marker = stamp, 0x80
            stamp = self._event_stamp
        elif kind == "tone":
            if first:
                self.played.append((body, time.time()))
            body = audio.tone_frame((body,), self.pt)
        elif kind == "gap":
            body = audio.tone_frame(self.frames, self.pt) if self.frames else SILENCE[self.pt]
        header = struct.pack("!BBHII", 0x80, pt | marker, self._sequence & 0xFFFF, stamp & 0xFFFFFFFF, self._ssrc)
        self._sequence += 1
        self._stamp += audio.FRAME
        if self.remote and self.sending:
            self._emit(header + body)

    def _emit(self, packet):
        """Over the network, which may lose, double, reorder and delay (`network` is a seeded random)."""
        packets = [packet]
        if self.network:
            luck = self.network.random()
            if luck < 0.1:
                packets, self.lost = [], self.lost + 1
            elif luck < 0.2:
                packets = [packet, packet]
            elif luck < 0.3:
                packets = []
                # One place later than its turn, or some.
                self._kept_back.append([1 if luck < 0.25 else LATE_PLACES, packet])
            for kept in self._kept_back:
                kept[0] -= 1
            packets += [p for places, p in self._kept_back if places < 0]
            self._kept_back = [k for k in self._kept_back if k[0] >= 0]
        for p in packets:
            try:
                self.socket.sendto(p, self.remote)
            except OSError:
                pass

    def _run(self):
        due = time.monotonic()
        while not self._closed:
            wait = due - time.monotonic()
            if wait <= 0:
                self._send_one()
                due += TICK
                # Who was held up for long has lost what it did not send meanwhile; its clock went on.
                late = max(0, int((time.monotonic() - due) / TICK) - LATE_TICKS)
                due, self._stamp = due + late * TICK, self._stamp + late * audio.FRAME
                continue
            try:
                if select.select([self.socket], [], [], wait)[0]:
                    self._take(*self.socket.recvfrom(2048))
            except (OSError, ValueError):
                if self._closed:
                    return

    def _take(self, data, source):
        if len(data) < 12 or data[0] >> 6 != 2:
            return
        pt, sequence, stamp, ssrc = data[1] & 0x7F, *struct.unpack("!HII", data[2:12])
        self.sources.add(ssrc)
        self.heard.append((time.monotonic(), sequence, stamp, pt, data[12:]))

    # ---- what was heard ----

    def keys(self):
        """The keys heard by RFC 4733, each once: their packets share a time stamp."""
        events = {}
        for _, _, stamp, pt, payload in self.heard:
            if pt == self.event_pt:
                events.setdefault(stamp, "0123456789*#ABCD"[payload[0]])
        return "".join(events.values())

    def mark(self):
        """Forget what was heard before now."""
        self._marked = len(self.heard)

    def samples(self, last=None):
        """What was heard since the mark, on its own time line; `last` seconds of arrival only."""
        packets = self.heard[self._marked :]
        if last is not None:
            since = time.monotonic() - last
            packets = [p for p in packets if p[0] >= since]
        out, previous = [], None
        for _, _, stamp, pt, payload in packets:
            if pt not in audio.DECODE:
                continue
            if previous is not None:
                gap = (stamp - previous) & 0xFFFFFFFF
                if 0 < gap < 10 * audio.RATE:
                    out.extend([0] * gap)
            out.extend(audio.decode(payload, pt))
            previous = (stamp + len(payload)) & 0xFFFFFFFF
        return out

    def between(self, first, last):
        """The packets with sound that arrived between two moments of the monotonic clock: their times and samples."""
        packets = [p for p in self.heard if first <= p[0] <= last and p[3] in audio.DECODE]
        return [(at, audio.decode(payload, pt)) for at, _, _, pt, payload in packets]

    def hears(self, frequency):
        """Whether the last 0.2 s are that tone."""
        samples = self.samples(last=0.2)
        return len(samples) > 800 and audio.tone_share(samples, frequency) > 0.5

    def wait_tone(self, frequency, timeout=15):
        """Waits until that tone arrives; by default past the announcement of the recording, which takes four seconds."""
        until(lambda: self.hears(frequency), timeout, f"a tone of {frequency} Hz at {self.port}", 0.05)

    def wait_sound(self, timeout=5, seconds=0.5):
        """Waits until something is heard for that long: music, speech."""
        self.mark()
        until(lambda: self._sounding(seconds), timeout, f"sound at {self.port}", 0.1)

    def _sounding(self, seconds):
        loud = [e for e in audio.envelope(self.samples()) if e > 3.0]
        return len(loud) >= seconds * audio.RATE / audio.HOP

    def wait_clip(self, path, timeout=12):
        """Waits until a shipped clip has been heard since the mark; gives the search that found it."""
        search = audio.Search(path)
        found = lambda: search.hear(self.samples()) >= audio.HEARD
        until(found, timeout, lambda: f"the clip {path} ({search.share:.0%} of it found)", 0.3)
        return search

    def close(self):
        """Ends it."""
        self._closed = True
        self._thread.join(1)
        self.socket.close()
