"""The ear of these tests: what it takes for a shipped clip, and what not."""

import random

from lib import audio

LOST_MS, APART_MS = 30, 1000
"""What a jitter buffer that runs dry takes out, and how often about."""


def cut_up(samples, luck):
    """As a phone on a busy machine plays it: late, with pieces missing."""
    out, at = [0] * luck.randrange(4000, 6000), 0
    while at < len(samples):
        until = at + luck.randrange(APART_MS // 2, APART_MS * 3 // 2) * audio.RATE // 1000
        out += samples[at:until]
        at = until + LOST_MS * audio.RATE // 1000
    return out


def test_clips_are_told_apart(t):
    """Each sentence is found in itself, cut up as well, and none in another."""
    folder, luck = t.prompt("").parent, random.Random(18)
    whole = [p for p in audio.sentences(folder) if p.stem != "announcement_60s"]
    t.check(len(whole) > 20, f"{len(whole)} sentences")
    for path in whole:
        heard = cut_up(audio.clip_samples(path), luck)
        share = audio.Search(path).hear(heard)
        t.check(share >= audio.HEARD, f"{path.stem} cut up: {share:.0%} of it found")
        t.equal(audio.others_in(heard, path), [], f"taken for {path.stem}")


def test_half_a_clip_is_not_heard(t):
    """A clip that breaks off in its middle, or whose halves come in the wrong order, was not heard."""
    path = t.prompt("greeting_main")
    samples = audio.clip_samples(path)
    half = len(samples) // 2
    for what, heard in (("its first half", samples[:half]), ("its halves turned round", samples[half:] + samples[:half])):
        share = audio.Search(path).hear(heard + [0] * audio.RATE)
        t.check(share < audio.HEARD, f"{what}: {share:.0%} of it found")
