//! Media plane as state machines: RTP, SRTP, jitter, DTMF, codecs, mixing, tones, recording tracks.
