//! Reading messages back.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;

use types::{LegId, Wall};

use super::files::{Files, Piece};
use super::message::{self, Message, Position};
use crate::error::Error;

/// The most messages one question is answered with: a leg that registers or re-invites for days has no use for more.
const MOST: usize = 5_000;
/// Messages are written a moment after they are made, and a clock may be set back a little.
const SLACK_MS: i64 = 5_000;

/// Messages of one or some legs, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether some may be missing: the ring has overwritten them, or they have not been written yet.
    pub partial: bool,
}

/// Follows the links back from `last`.
pub(super) fn chain(files: &Files, last: Position) -> Result<Chain, Error> {
    let mut chain = Chain::default();
    let mut open: HashMap<Position, File> = HashMap::new();
    let mut position = last;
    if last != Position::NONE {
        files.settle(last);
    }
    while position != Position::NONE {
        let found = match files.of(position) {
            Some((first, piece)) => record(&mut open, first, &piece, position)?,
            None => None,
        };
        // A link leads back in time; one that does not is damaged and could lead round for ever.
        let newest = chain.messages.last().map_or(i64::MAX, |m: &Message| m.at.0.saturating_add(SLACK_MS));
        let Some(message) = found.filter(|m| m.position == position && m.at.0 <= newest && chain.messages.len() < MOST)
        else {
            chain.partial = true;
            break;
        };
        position = message.previous;
        chain.messages.push(message);
    }
    chain.messages.reverse();
    Ok(chain)
}

fn record(
    open: &mut HashMap<Position, File>,
    first: Position,
    piece: &Piece,
    position: Position,
) -> Result<Option<Message>, Error> {
    let file = match open.entry(first) {
        std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
        std::collections::hash_map::Entry::Vacant(entry) => match File::open(&piece.path) {
            Ok(file) => entry.insert(file),
            // Removed since we looked.
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io("open", &piece.path)(e)),
        },
    };
    let at = position.0 - first.0;
    let mut head = [0; message::HEAD];
    if file.read_exact_at(&mut head, at).is_err() {
        return Ok(None);
    }
    let Some((total, _)) = message::peek(&head) else { return Ok(None) };
    let mut bytes = vec![0; total];
    Ok(file.read_exact_at(&mut bytes, at).ok().and_then(|()| message::decode(&bytes)))
}

/// Looks through the files of that time.
pub(super) fn find(files: &Files, legs: &[LegId], from: Wall, to: Wall) -> Result<Chain, Error> {
    let (from, to) = (from.0.saturating_sub(SLACK_MS), to.0.saturating_add(SLACK_MS));
    let all: Vec<Piece> = files.pieces().values().cloned().collect();
    // The ring begins later than the legs did: what it held of them may be gone.
    let mut partial = all.iter().all(|p| p.oldest.0 > from);
    let mut messages = Vec::new();
    for piece in all.iter().filter(|p| p.oldest.0 <= to && p.newest.0 >= from) {
        let bytes = match fs::read(&piece.path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                partial = true;
                continue;
            }
            Err(e) => return Err(Error::io("read", &piece.path)(e)),
        };
        let mut at = 0;
        while let Some((total, leg)) = message::peek(&bytes[at..]) {
            if legs.contains(&leg)
                && let Some(message) = message::decode(&bytes[at..])
            {
                messages.push(message);
            }
            at = (at + total).min(bytes.len());
        }
    }
    messages.sort_by_key(|m| (m.at, m.position));
    partial |= messages.len() > MOST;
    messages.truncate(MOST);
    Ok(Chain { messages, partial })
}
