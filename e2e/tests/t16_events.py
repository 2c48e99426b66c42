"""The event stream misses nothing and tells nothing twice, however often its reader or the server is killed."""

import random
import threading
import time

from lib.events import Cut, Stream
from lib.server import free_port
from lib.wait import until

RATE = 40
"""New calls a second; each makes several events."""
KILLS = 3
AGAIN_S = 0.1
"""A reader whose connection broke comes again after this."""


class Reader:
    """Reads on and on from where it was, and is cut off after a handful of events each time."""

    def __init__(self, server, websocket, seed):
        self.seen, self.cuts, self.broken, self.error = [], 0, 0, None
        self._luck = random.Random(seed)
        self._thread = threading.Thread(target=self._run, args=(server, websocket), daemon=True)
        self._thread.start()

    def _run(self, server, websocket):
        try:
            while not self.at_end():
                self._connect(server, websocket)
        except Exception as error:  # told to the test by `wait`
            self.error = error

    def _connect(self, server, websocket):
        try:
            stream = Stream(server, self.seen[-1][0] if self.seen else 0, websocket)
            for _ in range(self._luck.randrange(1, 80)):
                self.seen.append(stream.next())
                if self.at_end():
                    break
            stream.cut()
            self.cuts += 1
        except Cut:
            self.broken += 1
            time.sleep(AGAIN_S)

    def at_end(self):
        """Whether the last thing of the test has been told: agent 1200 is there."""
        return bool(self.seen) and is_last(self.seen[-1][1])

    def wait(self):
        """Until it has read all."""
        until(lambda: self.error or not self._thread.is_alive(), 60, lambda: f"the last event; {len(self.seen)} seen")
        if self.error:
            raise self.error


def is_last(event):
    """The event that the test makes last."""
    return event["type"] == "agent.state" and event["agent"]["number"] == "1200"


def test_nothing_missed_nothing_twice(t):
    """Two readers, cut off all the time, through kills of the server under load, see just what one sees afterwards."""
    agent_port = free_port()
    t.start("--set", f"demo.bridge_target=sip:agent@127.0.0.1:{agent_port}")
    t.sipp("held-agent.xml", "-p", agent_port)
    t.sipp("passing-caller.xml", "127.0.0.1:%d" % t.server.sip[1], "-p", free_port(), "-s", "95004", "-r", RATE,
           "-m", RATE * 30)
    t.server.token("admin")
    readers = [Reader(t.server, websocket, seed) for seed, websocket in enumerate((False, True))]
    for _ in range(KILLS):
        enough = [len(r.seen) + 200 for r in readers]
        t.until(lambda: all(len(r.seen) >= n or r.error for r, n in zip(readers, enough)), 40,
                lambda: f"events to go on: {[len(r.seen) for r in readers]}")
        t.server.kill()
        t.server.start()
    for reader in readers:
        t.until(lambda: reader.cuts >= 20 or reader.error, 40, "twenty cuts")
    t.server.wait_idle(60)
    t.agent(1200)
    for reader in readers:
        reader.wait()
    whole, stream = [], Stream(t.server, 0)
    while not (whole and is_last(whole[-1][1])):
        whole.append(stream.next())
    stream.cut()
    ids = [number for number, _ in whole]
    t.equal(ids, sorted(set(ids)), "the ids of one reading")
    for reader, kind in zip(readers, ("server-sent events", "WebSocket")):
        t.note(f"{kind}: {len(reader.seen)} events, {reader.cuts} cuts, {reader.broken} breaks")
        t.check(reader.broken >= KILLS, f"{kind}: the kills were not noticed")
        check_same(t, reader.seen, whole, kind)


def check_same(t, seen, whole, kind):
    """No gap, no duplicate, and the same events at the same places."""
    ids, wanted = [n for n, _ in seen], [n for n, _ in whole]
    t.equal(len(ids), len(set(ids)), f"{kind}: events told once")
    t.equal(sorted(set(wanted) - set(ids)), [], f"{kind}: events missed")
    t.equal(sorted(set(ids) - set(wanted)), [], f"{kind}: events that were lost after they had been told")
    t.equal(ids, wanted, f"{kind}: the order")
    t.equal([event["type"] for _, event in seen], [event["type"] for _, event in whole], f"{kind}: kinds of events")


test_nothing_missed_nothing_twice.alone = True
test_nothing_missed_nothing_twice.limit_s = 240
