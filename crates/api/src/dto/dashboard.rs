//! Dashboards: live figures and reports that a person composes on one page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardItem {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether all see it who may see reports.
    pub(crate) shared: bool,
    /// Whether it is the own: others' can't be changed.
    pub(crate) own: bool,
    /// The user name of who keeps it; empty when that user was removed.
    pub(crate) owner: String,
    /// In the order in which they are read.
    pub(crate) tiles: Vec<Tile>,
    pub(crate) saved_at: String,
}

/// Dashboards, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardList {
    pub(crate) items: Vec<DashboardItem>,
}

/// A dashboard to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DashboardWish {
    /// 80 characters at most.
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) shared: bool,
    /// 40 at most.
    pub(crate) tiles: Vec<Tile>,
}

/// A part of a dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tile {
    /// What stands above it, 60 characters at most; empty for the usual.
    pub(crate) title: String,
    /// Of the twelve columns of the page, 2 to 12.
    pub(crate) width: u8,
    /// In rows of the page, 1 to 6.
    pub(crate) height: u8,
    pub(crate) shows: TileContent,
}

/// What a tile shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum TileContent {
    /// One figure of this moment.
    Now {
        figure: NowFigure,
        /// The ids of the queues it is of, 50 at most; of all when empty.
        queues: Vec<String>,
    },
    /// How many agents are in each state.
    Agents {},
    /// The queues of this moment, a line each.
    Queues {
        /// Their ids, 50 at most; all when empty.
        queues: Vec<String>,
    },
    /// The alarms of this moment.
    Alarms {},
    /// A part of a report.
    Report {
        form: TileForm,
        /// What the report page's address says of it, 4,000 bytes at most.
        query: String,
        /// The column of the report, 40 bytes at most.
        column: String,
    },
    /// A text, 2,000 characters at most.
    Note { text: String },
}

/// A figure of this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NowFigure {
    /// Who waits.
    Waiting,
    /// How long the longest of them does.
    LongestWait,
    /// Of the last half hour.
    ServiceLevel,
    /// Of the last half hour.
    AbandonRate,
    /// Contacts answered today.
    AnsweredToday,
    /// Agents who could take a contact.
    ReadyAgents,
    /// Agents who talk.
    TalkingAgents,
}

/// How a part of a report is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TileForm {
    /// One figure of one subject against the period before.
    Figure,
    /// The course of one subject over the period.
    Course,
    /// All subjects by one figure.
    Ranking,
}
