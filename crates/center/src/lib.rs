//! The contact centre's mind, sans-IO: hands the brains their events, and their decisions out as effects.
