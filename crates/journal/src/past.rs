//! Reading a journal that somebody else may be writing: what was, without the right to it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use types::Wall;

use crate::error::Error;
use crate::frame::Stored;
use crate::segment::{self, Header, Stop, Walk};

/// A journal's events from a moment on, in order, as its files hold them now. Takes no lock and changes nothing: a server
/// may run on the folder.
pub struct Past {
    segments: VecDeque<Part>,
    walk: Option<Walk>,
}

struct Part {
    path: PathBuf,
    start: u64,
    began: Wall,
}

impl Past {
    /// The events of the journal in `dir` from the segment on in which `from` lies, and `back` segments more: events from
    /// before `from` come too.
    ///
    /// # Errors
    /// Files that cannot be read, or have no sound header.
    pub fn open(dir: impl AsRef<Path>, from: Wall, back: usize) -> Result<Self, Error> {
        let paths = segment::list(dir.as_ref())?;
        let (mut segments, count) = (VecDeque::new(), paths.len());
        for (i, path) in paths.into_iter().enumerate() {
            match Header::read(&path) {
                Ok((header, start)) => segments.push_back(Part { path, start, began: Wall(header.created) }),
                // It has just been begun.
                Err(Error::Corrupt { .. }) if i + 1 == count => {}
                Err(error) => return Err(error),
            }
        }
        let of_from = segments.partition_point(|part| part.began <= from).saturating_sub(1);
        segments.drain(..of_from.saturating_sub(back));
        Ok(Self { segments, walk: None })
    }

    /// When the oldest event that comes was written, or later ones; none where there is nothing.
    pub fn began(&self) -> Option<Wall> {
        self.segments.front().map(|part| part.began)
    }

    /// The next events; none at the end. What is being written at this moment is not there yet.
    ///
    /// # Errors
    /// Files that cannot be read or are damaged.
    pub fn read(&mut self) -> Result<Vec<Stored>, Error> {
        loop {
            if let Some(walk) = &mut self.walk {
                match walk.next_chunk() {
                    Ok(Some(chunk)) => {
                        let events = chunk.frames.iter().map(|(at, head)| Stored::new(*head, &chunk.bytes, *at));
                        return Ok(events.collect());
                    }
                    Ok(None) => self.walk = None,
                    // Of the newest the end may be half written.
                    Err(Stop::Bad { .. }) if self.segments.is_empty() => return Ok(Vec::new()),
                    Err(stop) => return Err(stop.into_error(walk)),
                }
            }
            let Some(Part { path, start, .. }) = self.segments.pop_front() else { return Ok(Vec::new()) };
            let end = std::fs::metadata(&path).map_err(Error::io("read", &path))?.len();
            self.walk = Some(Walk::new(&path, start, end)?);
        }
    }
}
