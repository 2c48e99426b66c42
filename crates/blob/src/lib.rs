//! Recordings and files: the port and the disk default.
