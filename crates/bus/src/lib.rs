//! Events and leases across nodes: the port and the in-process default.
