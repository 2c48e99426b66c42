//! Numbers, trunks, routes, normalisation and caller-ID rules, pure.
