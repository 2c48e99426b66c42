//! Automatic call distribution, pure: queues, agents and strategies; events in, decisions with reasons out.
