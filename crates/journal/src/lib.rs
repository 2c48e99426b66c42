//! Append-only, checksummed segments of typed, versioned events: the truth of what happened.
