//! Databases that flows look into, judged by themselves.

use std::path::{Component, Path};

use super::{Judge, sip_host};
use crate::database::{DatabaseEngine, DatabaseSpec};
use crate::problem::{Format, What};

impl Judge<'_> {
    pub(super) fn database(&mut self, spec: &DatabaseSpec) {
        self.title(&spec.title);
        match spec.engine {
            DatabaseEngine::Postgres => {
                let host = spec.host.as_deref().unwrap_or_default();
                if host.is_empty() {
                    self.say("host", What::Missing);
                } else if !sip_host(host) {
                    self.say("host", What::Format(Format::Host));
                }
                if spec.port == Some(0) {
                    self.say("port", What::OutOfRange(1, u16::MAX.into()));
                }
                self.shown("database", spec.database.as_deref().unwrap_or_default(), true);
                self.shown("user", spec.user.as_deref().unwrap_or_default(), true);
            }
            DatabaseEngine::Sqlite => {
                let file = spec.file.as_deref().unwrap_or_default();
                let within = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
                if within { self.shown("file", file, true) } else { self.say("file", What::Format(Format::FileWithin)) }
            }
        }
    }
}
