#!/usr/bin/env python3
"""Makes the vectors of this folder with FFmpeg's G.722 (PyPI: av, numpy), for `crates/media/tests/g722.rs`.

source.pcm   half a second of tones, a sweep and noise bursts, 16 kHz mono, 16 bit little-endian
coded.g722   what FFmpeg's encoder makes of it
decoded.pcm  what FFmpeg's decoder makes of that
ours.pcm     what FFmpeg's decoder makes of ours.g722, which is what our encoder makes of source.pcm (the test says when
             it makes something else; write it down with `G722_OURS=ours.g722 cargo test -p media --test g722`)
"""
import av
import numpy as np

RATE, LENGTH = 16_000, 8_000
t = np.arange(LENGTH) / RATE
sweep = np.sin(2 * np.pi * (200 * t + (6_800 - 200) / (2 * 0.5) * t * t))
tones = np.sin(2 * np.pi * 440 * t) + 0.5 * np.sin(2 * np.pi * 5_200 * t)
noise = np.random.default_rng(1).standard_normal(LENGTH) * (np.sin(2 * np.pi * 4 * t) > 0.7)
source = np.clip(9_000 * sweep + 5_000 * tones + 3_000 * noise, -32_767, 32_767).astype("<i2")
source.tofile("source.pcm")

encoder = av.CodecContext.create("g722", "w")
encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16"
encoder.options = {"trellis": "0"}
coded = b""
for at in range(0, LENGTH, 320):
    frame = av.AudioFrame.from_ndarray(source[None, at : at + 320], format="s16", layout="mono")
    frame.sample_rate = RATE
    coded += b"".join(bytes(packet) for packet in encoder.encode(frame))
coded += b"".join(bytes(packet) for packet in encoder.encode(None))
open("coded.g722", "wb").write(coded)


def decoded(coded: bytes) -> np.ndarray:
    decoder = av.CodecContext.create("g722", "r")
    decoder.sample_rate, decoder.layout = RATE, "mono"
    return np.concatenate([frame.to_ndarray().ravel() for frame in decoder.decode(av.Packet(coded))])


decoded(coded).astype("<i2").tofile("decoded.pcm")
decoded(open("ours.g722", "rb").read()).astype("<i2").tofile("ours.pcm")
