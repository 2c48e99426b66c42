//! A disk that a test can stall, fill and let go again, and events to write.

use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use journal::{Alarm, Disk, DiskFile, Options, OsDisk};
use types::event::{Event, Happening};
use types::{InteractionId, TenantId, Wall};

#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Mood {
    #[default]
    Well,
    Stalled,
    Full,
}

#[derive(Default)]
struct State {
    mood: Mutex<Mood>,
    changed: Condvar,
}

impl State {
    fn ask(&self) -> io::Result<()> {
        let mood = self.changed.wait_while(self.mood.lock().unwrap(), |mood| *mood == Mood::Stalled).unwrap();
        if *mood == Mood::Full { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
    }
}

/// The alarms heard, as `code+` and `code-`.
#[derive(Clone, Default)]
pub(crate) struct Alarms(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Alarms {
    pub(crate) fn hear(&self, alarm: Alarm) {
        let sign = if alarm.raised { '+' } else { '-' };
        self.0.0.lock().unwrap().push(format!("{}{sign}", alarm.code));
        self.0.1.notify_all();
    }

    pub(crate) fn heard(&self) -> Vec<String> {
        self.0.0.lock().unwrap().clone()
    }

    /// Returns when this was heard.
    pub(crate) fn wait_for(&self, alarm: &str) {
        drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |heard| !heard.iter().any(|a| a == alarm)).unwrap());
    }
}

#[derive(Clone, Default)]
pub(crate) struct TestDisk {
    state: Arc<State>,
    pub(crate) alarms: Alarms,
}

impl TestDisk {
    pub(crate) fn set(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
        self.state.changed.notify_all();
    }

    pub(crate) fn options(&self) -> Options {
        let alarms = self.alarms.clone();
        Options { disk: Arc::new(self.clone()), alarm: Arc::new(move |a| alarms.hear(a)), ..Options::default() }
    }
}

impl Disk for TestDisk {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.state.ask()?;
        Ok(Arc::new(TestFile { state: Arc::clone(&self.state), file: OsDisk.create(path)? }))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        OsDisk.remove(path)
    }
}

struct TestFile {
    state: Arc<State>,
    file: Arc<dyn DiskFile>,
}

impl DiskFile for TestFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if let Err(e) = self.state.ask() {
            // A full disk takes a part.
            self.file.write_at(&bytes[..bytes.len() / 2], offset)?;
            return Err(e);
        }
        self.file.write_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn event(tenant: u64, n: u64) -> Event {
    let what = Happening::InteractionAnswered { id: InteractionId(n) };
    Event { tenant: TenantId(tenant), at: Wall(n as i64), what }
}
