"""Flows that ask another system about the caller, by real calls and a real server."""

import json
import subprocess

from lib.crm import Crm
from lib.flows import end, lead, way


def node(crm, **more):
    """A node that asks for the caller."""
    return {"kind": "http_lookup", "method": "post", "url": f"http://{crm.host}/customers", "body": {"phone": "{{ caller }}"},
            "take": {"level": "$.customer.level"}, "timeout_s": 4,
            "outlets": {"found": "gold", "not_found": "stranger", "failed": "sorry"}, **more}


def nodes(crm, **more):
    """A flow of a look-up and what follows from it."""
    return {
        "ask": node(crm, **more),
        "gold": {"kind": "condition", "expression": "level > 2", "outlets": {"true": "vip", "false": "stranger"}},
        "vip": end("connecting_operator"),
        "stranger": end("goodbye"),
        "sorry": end("line_problem"),
    }


def allow(t, hosts):
    """The administrator allows hosts within the own network."""
    t.server.apply({"kind": "setting", "name": "lookup.allowed_hosts", "spec": {"value": hosts}})


def test_the_answer_decides_the_way(t):
    """A known customer goes one way and a stranger the other; the path says the status and nothing of the caller."""
    crm = Crm(t, {"13800000042": {"level": 3}})
    allow(t, crm.host)
    lead(t, "95044", "asks", nodes(crm))
    for number, prompt, path in (
        ("13800000042", "connecting_operator", [("ask", "found"), ("gold", "true"), ("vip", None)]),
        ("13800000043", "goodbye", [("ask", "not_found"), ("stranger", None)]),
    ):
        call = t.caller(number).call("95044").wait_up()
        t.hears(call, prompt)
        call.wait_end(15)
        record = t.server.record(call)
        t.equal(way(record), path, "way")
        t.check(number not in json.dumps(record["trace"]), "the caller's number is in the path")
        t.check(record["trace"][0]["detail"].startswith(("200, ", "404, ")), record["trace"][0]["detail"])
    t.equal([one["body"] for one in crm.asked], [{"phone": "13800000042"}, {"phone": "13800000043"}], "what was asked")


def test_who_waits_hears_music_and_no_longer_than_allowed(t):
    """A server that keeps still: the caller hears music, and goes on when the node's time is over."""
    crm = Crm(t, {})
    allow(t, crm.host)
    crm.hold()
    lead(t, "95044", "asks", nodes(crm, prompt="comfort"))
    call = t.caller().call("95044").wait_up()
    t.hears(call, "comfort")
    t.hears(call, "line_problem")
    call.wait_end(15)
    [step, _] = t.server.record(call)["trace"]
    t.equal(step["outlet"], "failed", "outlet")
    t.check(step["detail"].startswith("timed out, "), step["detail"])


def test_the_own_network_is_closed(t):
    """A server within is not asked unless the administrator allows it; neither by a call nor by the button that tries."""
    crm = Crm(t, {"13800000042": {"level": 3}})
    lead(t, "95044", "asks", nodes(crm))
    call = t.caller("13800000042").call("95044").wait_up()
    t.hears(call, "line_problem")
    call.wait_end(15)
    detail = t.server.record(call)["trace"][0]["detail"]
    t.check(detail.startswith("address not allowed, "), detail)
    tried = attempt(t, node(crm))
    t.equal((tried["outlet"], tried["why"], crm.asked), ("failed", "address not allowed", []), "tried")
    allow(t, f"other, {crm.host}")
    tried = attempt(t, node(crm))
    t.equal((tried["outlet"], tried["status"], tried["values"]), ("found", 200, {"level": 3}), "tried")
    t.equal((tried["url"], tried["body"]), (f"http://{crm.host}/customers", '{"phone":"13800000042"}'), "what was asked")
    # Only who may change settings may have the server ask.
    status, _, _ = t.server.fetch("/api/v1/lookup-trial", "1001", "POST", {"node": node(crm)})
    t.equal(status, 403, "an agent's try")


def attempt(t, one):
    """What the button that tries a node shows."""
    wish = {"node": one, "caller": "13800000042"}
    status, _, body = t.server.fetch("/api/v1/lookup-trial", "admin", "POST", wish)
    t.equal(status, 200, body)
    return json.loads(body)


def test_a_secret_is_shown_to_the_other_system_alone(t):
    """A header with a secret: the server beside sees it; settings, the button that tries and the call's path do not."""
    crm = Crm(t, {"13800000042": {"level": 3}})
    allow(t, crm.host)
    t.server.apply({"kind": "secret", "name": "crm", "spec": {"value": "open sesame"}})
    signed = {"headers": {"Authorization": "Bearer {{ secret.crm }}"}}
    lead(t, "95044", "asks", nodes(crm, **signed))
    call = t.caller("13800000042").call("95044").wait_up()
    t.hears(call, "connecting_operator")
    call.wait_end(15)
    tried = attempt(t, node(crm, **signed))
    t.equal(tried["headers"], [{"name": "Authorization", "value": "Bearer ***"}], "what is shown")
    t.equal([one["headers"]["authorization"] for one in crm.asked], ["Bearer open sesame"] * 2, "what the server saw")
    for path in ("/api/v1/settings", "/api/v1/settings/secret/crm", "/api/v1/flows/asks"):
        t.check("sesame" not in json.dumps(t.server.get(path)), f"the secret in {path}")
    t.check("sesame" not in json.dumps(t.server.record(call)), "the secret in the record")
    # While a flow shows it, it can't be taken away.
    status, _, body = t.server.fetch("/api/v1/settings/secret/crm", "admin", "DELETE")
    t.check(status in (409, 400, 422) and b"asks" in body, f"{status} {body[:300]!r}")


def authority(folder, name):
    """A certificate authority; gives its certificate and key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", key, "-out", cert)
    return cert, key


def openssl(*words):
    """Runs openssl."""
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def vouched(folder, name, by, subject):
    """A certificate for an address or a host, by an authority; gives its files."""
    (ca, ca_key), request, more = by, folder / f"{name}.csr", folder / f"{name}.ext"
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    more.write_text(f"subjectAltName={subject}\nbasicConstraints=CA:FALSE\n")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
            "-extfile", more, "-out", cert)
    return cert, key


def test_https_is_believed_by_its_certificate_alone(t):
    """By HTTPS a server is asked whose certificate an authority of this machine has signed for this very address; one for
    another name, and one by somebody else, are not told anything."""
    ours, theirs = authority(t.folder, "ours"), authority(t.folder, "theirs")
    t.start(environment={"SSL_CERT_FILE": ours[0], "SSL_CERT_DIR": t.folder / "none"})
    for name, files, outlet in (
        ("right", vouched(t.folder, "right", ours, "IP:127.0.0.1"), "found"),
        ("name", vouched(t.folder, "name", ours, "DNS:crm.example.com"), "failed"),
        ("stranger", vouched(t.folder, "stranger", theirs, "IP:127.0.0.1"), "failed"),
    ):
        crm = Crm(t, {"13800000042": {"level": 3}}, tls=files)
        allow(t, crm.host)
        tried = attempt(t, node(crm, url=f"https://{crm.host}/customers"))
        t.equal((name, tried["outlet"], len(crm.asked)), (name, outlet, int(outlet == "found")), "what came of it")
        if outlet == "failed":
            t.equal(tried["why"], "not reachable", name)
            continue
        lead(t, "95044", "asks", nodes(crm, url=f"https://{crm.host}/customers"))
        call = t.caller("13800000042").call("95044").wait_up()
        t.hears(call, "connecting_operator")
        call.wait_end(15)
