"""Flows that look into a database: a real PostgreSQL, by real calls."""

import json

from lib.flows import end, lead, way
from lib.postgres import Postgres

CUSTOMERS = """
CREATE TABLE customers (phone text, card text, level int, rate numeric);
INSERT INTO customers VALUES ('13800000042', '7001', 3, 12.50), ('13800000043', '7002', 1, 0);
CREATE ROLE reader LOGIN PASSWORD 'open sesame'; GRANT SELECT ON customers TO reader; GRANT INSERT ON customers TO reader;
"""


def node(**more):
    """A node that asks for the card that was keyed, or for the caller."""
    return {"kind": "database_lookup", "database": "crm", "columns": {"level": "level"}, "timeout_s": 3, "prompt": "comfort",
            "statement": "SELECT level, rate FROM customers WHERE card = {{ card }}",
            "outlets": {"found": "gold", "not_found": "stranger", "failed": "sorry"}, **more}


NODES = {
    "card": {"kind": "collect", "prompt": "card_number_ask", "variable": "card", "min": 1, "max": 6, "terminator": "#",
             "outlets": {"done": "ask", "timeout": "sorry"}},
    "ask": node(),
    "gold": {"kind": "condition", "expression": "level > 2", "outlets": {"true": "vip", "false": "stranger"}},
    "vip": end("connecting_operator"),
    "stranger": end("goodbye"),
    "sorry": end("line_problem"),
}


def connection(server, host, **more):
    """The connection of the settings, with its secret."""
    name, port = host.split(":")
    server.apply({"kind": "secret", "name": "crm_password", "spec": {"value": more.pop("password", "open sesame")}},
                 {"kind": "database", "name": "crm", "spec": {
                     "host": name, "port": int(port), "database": "postgres", "user": "reader", "secret": "crm_password",
                     "tls": "off", **more}})


def post(t, path, body, who="admin"):
    """An answer and its status."""
    status, _, answer = t.server.fetch(path, who, "POST", body)
    return status, json.loads(answer)


def attempt(t, caller="13800000042", **more):
    """What the button that tries a node shows."""
    by_caller = {"statement": "SELECT level, rate FROM customers WHERE phone = {{ caller }}", **more}
    status, tried = post(t, "/api/v1/lookup-trial", {"node": node(**by_caller), "caller": caller})
    t.equal(status, 200, tried)
    return tried


def keyed(t, card, prompt, last):
    """A call that keys a card, hears this and goes this way; its step at the database."""
    call = t.caller().call("95055").wait_up()
    t.hears(call, "card_number_ask")
    for key in card + "#":
        call.rtp.press(key)
    t.hears(call, prompt)
    call.wait_end(15)
    record = t.server.record(call)
    t.equal(way(record)[-1], (last, None), card)
    return next(step for step in record["trace"] if step["node"] == "ask")


def test_a_database_decides_the_way_and_its_loss_is_borne(t):
    """Found, not found, keys and numbers that would be SQL; a database that hangs, one that is lost and one that is back;
    what is written is refused, and nobody else's network is reached."""
    base = Postgres(t)
    base.run(CUSTOMERS)
    connection(t.server, base.host)
    lead(t, "95055", "asks", NODES)
    # The own network is closed until the administrator opens it.
    tried = post(t, "/api/v1/databases/crm/test", {})[1]
    t.equal((tried["ok"], tried["why"]), (False, "address not allowed"), "a host within")
    t.server.apply({"kind": "setting", "name": "lookup.allowed_hosts", "spec": {"value": base.host}})
    t.equal(post(t, "/api/v1/databases/crm/test", {})[1]["ok"], True, "the button that tries a connection")
    t.equal(post(t, "/api/v1/databases/crm/test", {}, "1001")[0], 403, "an agent's try")
    t.equal(post(t, "/api/v1/databases/none/test", {})[1]["why"], "no such database", "another name")
    # Calls.
    t.equal(keyed(t, "7001", "connecting_operator", "vip")["outlet"], "found", "a known card")
    t.equal(keyed(t, "7002", "goodbye", "stranger")["outlet"], "found", "another")
    step = keyed(t, "7*1001", "goodbye", "stranger")
    t.equal(step["outlet"], "not_found", "keys that would be a sum")
    t.check("7*1001" not in json.dumps(step), "what was keyed is in the path")
    # Whoever calls can be called anything.
    for caller in ("' OR '1'='1", "x'; DELETE FROM customers; --", "$1", "13800000042' --"):
        t.equal(attempt(t, caller)["outlet"], "not_found", caller)
    tried = attempt(t, columns={"level": "level", "rate": "rate"})
    t.equal((tried["outlet"], tried["values"]), ("found", {"level": 3, "rate": "12.5"}), "tried")
    t.equal(tried["database"]["values"], ["13800000042"], "what was bound")
    # Nothing can be written, though the user could.
    sly = "WITH gone AS (INSERT INTO customers VALUES ('1') RETURNING 1 AS level) SELECT level FROM gone"
    t.equal(attempt(t, statement=sly)["why"], "statement refused", "a statement that writes")
    tried = attempt(t, statement="SELECT nothing FROM customers")
    t.check(tried["why"] == "statement refused" and "nothing" in tried["said"], tried)
    t.equal(base.run("SELECT count(*) FROM customers"), "2", "rows")
    for path in ("/api/v1/settings", "/api/v1/settings/database/crm"):
        t.check("sesame" not in json.dumps(t.server.get(path)), f"the password in {path}")
    # While a flow names it, it can't be taken away.
    status, _, body = t.server.fetch("/api/v1/settings/database/crm", "admin", "DELETE")
    t.check(status in (400, 409, 422) and b"asks" in body, f"{status} {body[:300]!r}")
    # It hangs: the caller hears something, and goes on when the node's time is over.
    base.freeze()
    step = keyed(t, "7001", "line_problem", "sorry")
    t.check(step["detail"].startswith(("not reachable, ", "timed out, ")), step["detail"])
    base.thaw()
    t.equal(keyed(t, "7001", "connecting_operator", "vip")["outlet"], "found", "once it moves again")
    # It is lost, with the connections to it: whoever calls is not kept waiting; and it comes back.
    base.stop()
    step = keyed(t, "7001", "line_problem", "sorry")
    t.check(step["detail"].startswith("not reachable, "), step["detail"])
    base.start()
    t.equal(keyed(t, "7001", "connecting_operator", "vip")["outlet"], "found", "once it is back")
