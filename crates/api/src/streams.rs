//! How many event streams are open.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use types::UserId;

use crate::error::{Code, Result};

/// Streams of the whole installation: each is a connection and a reader of the journal.
const STREAMS: usize = 4_096;
/// Streams of one user: some tabs and some programs.
const STREAMS_OF_USER: usize = 32;

/// The streams that are open.
#[derive(Debug, Default)]
pub(crate) struct Streams(Mutex<HashMap<UserId, usize>>);

impl Streams {
    /// How many.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// One more of this user's.
    ///
    /// # Errors
    /// There are too many, of the user's or of all.
    pub(crate) fn open(&self, user: UserId) -> Result<()> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = users.values().sum();
        let mine = users.entry(user).or_default();
        if *mine >= STREAMS_OF_USER {
            return Err(Code::TooManyStreams.into());
        }
        if total >= STREAMS {
            return Err(Code::Unavailable.into());
        }
        *mine += 1;
        Ok(())
    }

    /// One less of this user's.
    pub(crate) fn close(&self, user: UserId) {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = users.get_mut(&user) {
            *mine -= 1;
            if *mine == 0 {
                users.remove(&user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_cannot_take_all_streams() {
        let streams = Streams::default();
        for _ in 0..STREAMS_OF_USER {
            streams.open(UserId(1)).unwrap();
        }
        assert_eq!(streams.open(UserId(1)).unwrap_err().code, Code::TooManyStreams);
        streams.open(UserId(2)).unwrap();
        streams.close(UserId(1));
        streams.open(UserId(1)).unwrap();
        assert_eq!(streams.count(), STREAMS_OF_USER + 1);
    }
}
