"""Waiting for conditions with a deadline; never for a time alone."""

import time


class Failed(AssertionError):
    """What a test wanted is not so."""


def check(condition, message):
    """Fails the test unless it holds."""
    if not condition:
        raise Failed(message() if callable(message) else message)


def equal(found, wanted, what):
    """Fails the test unless both are the same."""
    check(found == wanted, f"{what}: found {found!r}, wanted {wanted!r}")


def until(condition, timeout, what, every=0.02):
    """Waits until it holds and gives its value."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failed(f"not within {timeout} s: {what() if callable(what) else what}")
        time.sleep(every)


def never(condition, seconds, what, every=0.05):
    """Watches for a while that it does not come to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        check(not condition(), what)
        time.sleep(every)
