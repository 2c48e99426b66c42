//! What the subjects of reports are called.

use std::collections::HashMap;

use store::report::Dimension;
use store::{FlowVersion, Store, Team};
use types::leg::Text;
use types::record::Direction;
use types::{TenantId, Title};

use crate::dto::ReportSubject;
use crate::error::Result;

/// What people read of the subjects of one dimension, by id.
pub(super) struct Titles {
    known: HashMap<String, (Text, Title)>,
    /// Whether an id is itself what people read: a number is nobody's to remove.
    is_plain: bool,
}

/// The directions of contacts, as people call them.
const DIRECTIONS: [(Direction, &str, &str); 3] = [
    (Direction::Inbound, "呼入", "Inbound"),
    (Direction::Outbound, "呼出", "Outbound"),
    (Direction::Internal, "内部", "Internal"),
];

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
            Dimension::Direction => {
                for (direction, zh, en) in DIRECTIONS {
                    titles.insert(direction.as_str().to_owned(), (direction.as_str().into(), Title::new(zh, en)));
                }
            }
            Dimension::Number => {}
        }
        Ok(Self { known: titles, is_plain: dimension == Dimension::Number })
    }

    pub(super) fn subject(&self, id: &str) -> ReportSubject {
        let unknown = || if self.is_plain { (id.into(), Title::new(id, id)) } else { Default::default() };
        let (name, title) = self.known.get(id).cloned().unwrap_or_else(unknown);
        ReportSubject { id: id.to_owned(), title: title.shown(&name).into(), name: name.to_string() }
    }
}
