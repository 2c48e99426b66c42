#!/usr/bin/env python3
"""Writes crates/plan/tests/exact.csv: Erlang B, C and A to 40 digits, rounded to 17, by other ways than the crate's own.

Erlang B and C are the sums of their definitions, Erlang A the sum over all states of its Markov chain, where a customer
who finds k waiting waits for the first k+1 departures of rates n+i*t (i = 0..k): an incomplete beta function. Time is
counted in handling times. Needs mpmath (pip install mpmath); run once, the file is kept.
"""

from pathlib import Path

from mpmath import beta, betainc, exp, mp, mpf

mp.dps = 40
NEGLIGIBLE = mpf(10) ** -34
"""Of what was summed: the rest of a sum that has come so far down is left out."""

OUT_OF_REACH = 5000
"""Nobody with so many ahead is answered within the target, at none of the loads below."""

B = [("0.5", 1), ("1", 2), ("5", 5), ("10", 10), ("10", 20), ("20.3", 30), ("84.06", 100), ("100", 100), ("150", 120),
     ("970.9", 1000), ("1000", 1000), ("9000", 10000), ("10000", 10000), ("12000", 10000), ("10000", 10400)]
C = [("0.5", 1), ("1", 2), ("10", 11), ("10", 14), ("10", 20), ("48", 50), ("95", 100), ("99.9", 100), ("190.7", 200),
     ("990", 1000), ("9900", 10000), ("9999", 10000), ("9990", 10400)]
TARGET = mpf(1) / 9
"""20 s of 180 s."""
# Load in erlangs, agents, patience in handling times.
A = [("0.5", 1, "1"), ("1", 1, "0.001"), ("10", 8, "0.5"), ("10", 11, "1"), ("10", 14, "2"), ("48", 50, "2"),
     ("60", 50, "2"), ("100", 50, "0.25"), ("100", 100, "1"), ("190.7", 190, "0.8"), ("95", 100, "1000"),
     ("99", 100, "100000"), ("1000", 980, "0.5"), ("1000", 1000, "10"), ("10000", 10000, "0.5"), ("10500", 10000, "3")]


def blocking(load, lines):
    """The last term over the sum of all: load^n/n! / sum load^k/k!, each divided by the last."""
    term = total = mpf(1)
    for k in range(lines, 0, -1):
        term *= mpf(k) / load
        total += term
        if term < NEGLIGIBLE * total and k < load:
            break
    return 1 / total


def waiting(load, agents):
    """The definition of Erlang C, over the term of all agents busy."""
    below = 1 / blocking(load, agents) - 1
    tail = mpf(agents) / (agents - load)
    return tail / (below + tail)


def erlang_a(load, agents, patience):
    """Probability to wait, to give up, to be answered within the target, and the mean wait of the answered."""
    t = 1 / patience
    c = agents / t
    z = 1 - exp(-t * TARGET)
    weight, ahead = mpf(1), mpf(0)
    waits = gone = quick = waited = mpf(0)
    k = 0
    while True:
        ahead += 1 / (agents + (k + 1) * t)
        served = c / (c + k + 1)
        waits += weight
        gone += weight * (1 - served)
        waited += weight * served * ahead
        if k < OUT_OF_REACH:
            quick += weight * betainc(k + 1, c + 1, 0, z) / beta(k + 1, c)
        k += 1
        weight *= load / (agents + k * t)
        if weight < NEGLIGIBLE * waits and load < agents + k * t:
            break
    below = 1 / blocking(load, agents) - 1
    total = below + waits
    answered = 1 - gone / total
    return waits / total, gone / total, (below + quick) / total, waited / total / answered


def text(value):
    """As a float in decimal would print it."""
    return mp.nstr(value, 17, strip_zeros=False) if value else "0"


def main():
    lines = ["model,erlangs,agents,patience,wait_or_blocking,abandon,level,asa"]
    for load, n in B:
        lines.append(f"b,{load},{n},,{text(blocking(mpf(load), n))},,,")
    for load, n in C:
        c = waiting(mpf(load), n)
        level = 1 - c * exp(-(n - mpf(load)) * TARGET)
        lines.append(f"c,{load},{n},,{text(c)},,{text(level)},{text(c / (n - mpf(load)))}")
    for load, n, patience in A:
        values = [text(v) for v in erlang_a(mpf(load), n, mpf(patience))]
        lines.append(f"a,{load},{n},{patience}," + ",".join(values))
        print(lines[-1], flush=True)
    path = Path(__file__).resolve().parent.parent / "crates/plan/tests/exact.csv"
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
