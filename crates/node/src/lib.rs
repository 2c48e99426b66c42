//! The shell: feeds center, writes the journal first, carries the effects out by the hands.
