//! What a resource says, by its kind.

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::database::DatabaseSpec;
use crate::kind::{Kind, in_order};
use crate::outbound::{AlertSubscriptionSpec, MailServerSpec, ReportScheduleSpec};
use crate::problem::Problem;
use crate::read::read;
use crate::spec::{
    AgentSpec, DeviceSpec, DispositionSpec, FlowSpec, NumberSpec, PromptSpec, QueueSpec, RoleSpec, RouteSpec,
    SecretSpec, SettingSpec, TeamSpec, TenantSpec, ThresholdSpec, TrunkSpec, UserSpec,
};

/// A schema and its name.
pub(crate) type Named = (String, RefOr<Schema>);

macro_rules! specs {
    ($($kind:ident($spec:ident);)+) => {
        /// What a resource says, by its kind.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Spec { $(#[doc = concat!("Of the kind `", stringify!($kind), "`.")] $kind($spec)),+ }

        impl Spec {
            /// Of which kind it is.
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind),+ }
            }

            /// Reads what a resource of this kind and name says; strictly: what is not known is refused.
            ///
            /// # Errors
            /// The first field that is wrong.
            pub fn parse(kind: Kind, name: &str, value: &Value) -> Result<Self, Problem> {
                let wrong = |(field, what)| Problem { kind, name: name.to_owned(), field, what };
                match kind { $(Kind::$kind => read(value).map(Self::$kind).map_err(wrong)),+ }
            }

            /// As JSON; what is only ever written is left out.
            pub fn to_json(&self) -> Value {
                // They are plain data: nothing in them can fail to become JSON.
                match self { $(Self::$kind(spec) => serde_json::to_value(spec).unwrap_or_default()),+ }
            }
        }

        /// Each kind's schema, with what it refers to.
        pub(crate) fn schemas() -> Vec<(Kind, RefOr<Schema>, Vec<Named>)> {
            vec![$({
                let mut besides = Vec::new();
                <$spec as ToSchema>::schemas(&mut besides);
                (Kind::$kind, <$spec as PartialSchema>::schema(), besides)
            }),+]
        }
    };
}

specs! {
    Tenant(TenantSpec);
    Setting(SettingSpec);
    Secret(SecretSpec);
    Database(DatabaseSpec);
    Disposition(DispositionSpec);
    Agent(AgentSpec);
    Role(RoleSpec);
    User(UserSpec);
    Team(TeamSpec);
    Device(DeviceSpec);
    Trunk(TrunkSpec);
    Route(RouteSpec);
    Prompt(PromptSpec);
    Queue(QueueSpec);
    Flow(FlowSpec);
    Threshold(ThresholdSpec);
    Number(NumberSpec);
    MailServer(MailServerSpec);
    ReportSchedule(ReportScheduleSpec);
    AlertSubscription(AlertSubscriptionSpec);
}

impl Spec {
    /// The same with what has no order of its own in the order in which it is shown.
    pub(crate) fn in_order(&self) -> Self {
        let mut spec = self.clone();
        if let Self::Queue(queue) = &mut spec {
            queue.members.sort_by(|a, b| in_order(a, b));
            queue.mailbox_agents.sort_by(|a, b| in_order(a, b));
        }
        spec
    }
}
