"""Kamailio as somebody else's proxy: with a script of a test's own, on a port of its own."""

from .server import free_port
from .sip import Phone

HEAD = """
#!KAMAILIO
debug=1
log_stderror=yes
children=2
fork=yes
disable_tcp=yes
listen=udp:127.0.0.1:{port}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
"""
USUAL = ("tm", "sl", "rr", "pv", "maxfwd", "textops", "siputils")


def run_kamailio(t, modules, script):
    """A Kamailio with these modules beside the usual ones, and this script; gives its address once it answers OPTIONS."""
    port = free_port()
    kamailio_at(t, port, modules, script)
    return "127.0.0.1", port


def kamailio_at(t, port, modules, script):
    """The same at this port, where one may have been before; gives the process."""
    folder = t.folder / f"kamailio-{port}"
    folder.mkdir(exist_ok=True)
    config = folder / "kamailio.cfg"
    loads = "".join(f'loadmodule "{name}.so"\n' for name in (*USUAL, *modules))
    config.write_text(HEAD.format(port=port) + loads + script)
    edge = t.run("kamailio", "-f", config, "-DD", "-E", "-Y", folder, "-P", folder / "kamailio.pid")
    probe = Phone(("127.0.0.1", port), "probe")
    t.at_end(probe.close)

    def up():
        t.check(edge.poll() is None, lambda: f"Kamailio: {edge.log.read_text()[-1500:]}")
        try:
            return probe.request("OPTIONS", "sip:127.0.0.1").wait(0.5)
        except AssertionError:
            return None

    t.until(up, 15, "Kamailio")
    return edge
