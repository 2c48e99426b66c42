//! Sockets, timers and per-core threads that drive sip and media.
