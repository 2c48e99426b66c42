//! SIP signalling, sans-IO: messages, transactions, dialogs, digest, session timers.
