//! Seeded simulator of callers, agents, phones and networks around center, in virtual time.
