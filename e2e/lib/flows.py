"""Flows of a test's own, each with a number that leads into it."""


def lead(t, number, name, nodes, language="zh"):
    """A flow of these nodes, which begins at the first of them, and the number that leads to it."""
    flow = {"version": 1, "id": name, "name": name, "language": language, "start": next(iter(nodes)), "nodes": nodes}
    t.server.apply({"kind": "flow", "name": name, "spec": {"definition": flow}},
                   {"kind": "number", "name": number, "spec": {"target": {"flow": name}}})


def end(prompt="goodbye"):
    """The last node of a way."""
    return {"kind": "hangup", "prompt": prompt}


def way(record):
    """The nodes that a call went through, with the outlet of each."""
    return [(step["node"], step.get("outlet")) for step in record["trace"]]
