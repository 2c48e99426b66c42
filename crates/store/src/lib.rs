//! Settings and projections in SQL: the port, the SQLite default and the conformance suite.
