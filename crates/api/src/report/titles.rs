//! What the subjects of reports are called.

use std::collections::HashMap;

use store::report::Dimension;
use store::{FlowVersion, Store, Team};
use types::leg::Text;
use types::{TenantId, Title};

use crate::dto::ReportSubject;
use crate::error::Result;

/// What people read of the subjects of one dimension, by id.
pub(super) struct Titles(HashMap<String, (Text, Title)>);

impl Titles {
    pub(super) async fn of(store: &Store, tenant: TenantId, dimension: Dimension) -> Result<Self> {
        let mut titles = HashMap::new();
        match dimension {
            Dimension::Queue => {
                for queue in store.list::<store::Queue>(tenant).await? {
                    titles.insert(queue.id.to_string(), (queue.name, queue.title));
                }
            }
            Dimension::Agent => {
                for agent in store.list::<directory::Agent>(tenant).await? {
                    let name = agent.name.reveal();
                    titles.insert(agent.id.to_string(), (agent.number, Title::new(name, name)));
                }
            }
            Dimension::Team => {
                for team in store.list::<Team>(tenant).await? {
                    let text = |language| {
                        let title = team.config.get("title").and_then(|title| title.get(language));
                        title.and_then(|text| text.as_str()).unwrap_or_default()
                    };
                    let title = Title::new(text("zh"), text("en"));
                    titles.insert(team.id.to_string(), (team.name, title));
                }
            }
            Dimension::Flow => {
                for FlowVersion { id, name, title, .. } in store.flow_heads(tenant).await? {
                    titles.insert(id.to_string(), (name, title));
                }
            }
            Dimension::Number | Dimension::Direction => {}
        }
        Ok(Self(titles))
    }

    pub(super) fn subject(&self, id: &str) -> ReportSubject {
        let (name, title) = self.0.get(id).cloned().unwrap_or_default();
        ReportSubject { id: id.to_owned(), title: title.shown(&name).into(), name: name.to_string() }
    }
}
