//! Legs, bridges, hold, transfer and conference in domain words; knows nothing of SIP.
