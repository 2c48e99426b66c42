//! Making the projections anew from the journal, while no server runs on the folder.

use std::io;
use std::path::Path;

use journal::Journal;
use store::{Projector, Store};

use crate::{NodeError, project};

/// How far a rebuild has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events read so far.
    pub events: u64,
    /// Interactions written so far.
    pub interactions: u64,
    /// Events that this version cannot read; the journal still has them.
    pub unreadable: u64,
    /// Of the journal's positions, in percent.
    pub percent: u8,
}

/// Empties what the journal can make again and makes it: interactions, recordings, callbacks, answers, dispositions.
/// Rows older than the journal reaches back stay. A journal that is empty, or ends before what the database has seen,
/// is not the one that the rows were made from, as when its disk is not mounted: nothing is removed then. Holds the journal's lock, so that no server can run meanwhile; one
/// that was cut off goes on where it stopped when the server starts, or is simply begun again.
///
/// # Errors
/// There is no journal, or not the one that the rows were made from, a server runs on the folder, or journal or
/// database fail.
pub async fn rebuild(data: &Path, mut progress: impl FnMut(Rebuilt)) -> Result<Rebuilt, NodeError> {
    let folder = data.join("journal");
    if !folder.is_dir() {
        let source = io::Error::new(io::ErrorKind::NotFound, "it has no journal");
        return Err(NodeError::Data { path: data.to_owned(), source });
    }
    let journal = Journal::open(&folder, journal::Options::default())?;
    let store = Store::open_sqlite(data.join("lingtong.db")).await?;
    let mut projector = Projector::open(store.clone()).await?;
    let (oldest, last, seen) = (journal.oldest_pos(), journal.found_pos(), projector.newest());
    if last <= oldest {
        return Err(NodeError::EmptyJournal { path: folder });
    }
    if last < seen {
        return Err(NodeError::OtherJournal { path: folder, last, seen });
    }
    projector.rewind(oldest).await?;
    let mut events = journal.read_from(oldest)?;
    let mut done = Rebuilt::default();
    loop {
        let batch = events.read()?;
        if batch.is_empty() {
            break;
        }
        let applied = project::apply(&mut projector, &batch).await?;
        done.events += batch.len() as u64;
        done.interactions += applied.interactions as u64;
        done.unreadable += applied.unreadable as u64;
        let share = (projector.cursor() - oldest) * 100 / (last - oldest);
        done.percent = u8::try_from(share.min(100)).unwrap_or(100);
        progress(done);
    }
    done.percent = 100;
    store.close().await?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use types::event::{Event, Happening};
    use types::{InteractionId, TenantId, Wall};

    use super::*;

    const T: TenantId = TenantId(7);

    /// A folder whose journal holds so many wishes to be called back.
    fn folder(wishes: u64) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path().join("journal"), journal::Options::default()).unwrap();
        let mut writer = journal.writer();
        for id in 0..wishes {
            let what = Happening::CallbackRequested {
                id: InteractionId(id),
                number: "1380".into(),
                queue: None,
                since: None,
                wants: Vec::new(),
                missed: false,
            };
            writer.append(&Event { tenant: T, at: Wall(1), what });
        }
        assert_eq!(writer.barrier(crate::FIRST_WRITE), journal::Written::Written);
        dir
    }

    #[tokio::test]
    async fn what_was_lost_from_the_database_comes_back() {
        let dir = folder(700);
        let mut last = 0;
        let done = rebuild(dir.path(), |done| {
            assert!(done.percent >= last);
            last = done.percent;
        });
        let done = done.await.unwrap();
        assert_eq!((done.events, done.percent, last), (700, 100, 100));
        std::fs::remove_file(dir.path().join("lingtong.db")).unwrap();
        assert_eq!(rebuild(dir.path(), |_| ()).await.unwrap().events, 700);
        let store = Store::open_sqlite(dir.path().join("lingtong.db")).await.unwrap();
        let page = store.callbacks(T, None, None, 500).await.unwrap();
        assert_eq!((page.rows.len(), page.next.is_some()), (500, true));
    }

    #[tokio::test]
    async fn a_folder_in_use_or_without_a_journal_is_left_alone() {
        let dir = folder(1);
        let server = Journal::open(dir.path().join("journal"), journal::Options::default()).unwrap();
        let refused = rebuild(dir.path(), |_| ()).await.unwrap_err();
        assert!(matches!(refused, NodeError::Journal(journal::Error::Locked { .. })), "{refused}");
        assert!(!dir.path().join("lingtong.db").exists(), "nothing was touched");
        drop(server);
        let empty = tempfile::tempdir().unwrap();
        let refused = rebuild(empty.path(), |_| ()).await.unwrap_err();
        assert!(refused.to_string().contains("it has no journal"), "{refused}");
        assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_journal_that_is_not_the_one_the_lists_were_made_from_removes_nothing() {
        let dir = folder(30);
        rebuild(dir.path(), |_| ()).await.unwrap();
        let journal = dir.path().join("journal");
        let kept = async || {
            let store = Store::open_sqlite(dir.path().join("lingtong.db")).await.unwrap();
            let rows = store.callbacks(T, None, None, 500).await.unwrap().rows.len();
            store.close().await.unwrap();
            rows
        };
        // Its disk is not mounted.
        std::fs::rename(&journal, dir.path().join("elsewhere")).unwrap();
        std::fs::create_dir(&journal).unwrap();
        let refused = rebuild(dir.path(), |_| ()).await.unwrap_err().to_string();
        assert!(refused.contains("holds no event") && refused.contains("mounted"), "{refused}");
        assert_eq!(kept().await, 30);
        // Another is in its place, and has seen a crash.
        let younger = folder(10);
        std::fs::remove_dir_all(&journal).unwrap();
        std::fs::rename(younger.path().join("journal"), &journal).unwrap();
        std::fs::write(journal.join("lock"), "running\n").unwrap();
        let refused = rebuild(dir.path(), |_| ()).await.unwrap_err().to_string();
        assert!(refused.contains("ends at position 10") && refused.contains("30"), "{refused}");
        assert_eq!(kept().await, 30);
        // The one that it was is back.
        std::fs::remove_dir_all(&journal).unwrap();
        std::fs::rename(dir.path().join("elsewhere"), &journal).unwrap();
        assert_eq!(rebuild(dir.path(), |_| ()).await.unwrap().events, 30);
    }
}
