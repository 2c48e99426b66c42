//! Reading reports, and the interactions under a figure.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, Order};
use serde::de::DeserializeOwned;
use types::record::AgentState;
use types::{InteractionId, TenantId, Wall};

use super::{DAY_MS, Dimension, Figure, Grain, QUARTER_MS, Sums};
use crate::column::Column;
use crate::error::Error;
use crate::row::col;
use crate::store::Store;

/// What a report is to tell.
#[derive(Clone, Debug)]
pub struct Report {
    /// Whose.
    pub tenant: TenantId,
    /// By what.
    pub dimension: Dimension,
    /// Of these subjects alone; empty for all.
    pub subjects: Vec<String>,
    /// From this moment, the start of a quarter of an hour.
    pub from: Wall,
    /// To before this moment, the start of a quarter of an hour.
    pub to: Wall,
    /// A midnight of the tenant's, by which the sums of days are kept, where an interval may be put together of them; none
    /// where its intervals begin at other times.
    pub midnight: Option<Wall>,
    /// Length of the intervals, milliseconds, and a moment at which one begins; none for one sum of all.
    pub step: Option<(i64, Wall)>,
    /// Lines at most; one more is read, to tell that there are more.
    pub most: u64,
}

/// What became of the contacts of one subject that began in one interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The interval's start.
    pub start: Wall,
    /// The subject: an id, a number, a direction.
    pub subject: String,
    /// The figures.
    pub sums: Sums,
    /// The longest wait, milliseconds.
    pub longest_wait_ms: u64,
}

/// What the agents of one subject, an agent or a team, spent in one state in one interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    /// The interval's start.
    pub start: Wall,
    /// The subject's id.
    pub subject: String,
    /// The state.
    pub state: AgentState,
    /// Why, for `not_ready`.
    pub reason: String,
    /// How long, milliseconds.
    pub ms: u64,
}

impl Report {
    /// Of which sums it is put together: days as far as they lie within it, and quarters at its ends.
    fn pieces(&self) -> Vec<(Grain, Wall, Wall)> {
        let is_days = self.step.is_none_or(|(length, _)| length % DAY_MS == 0);
        let Some(midnight) = self.midnight.filter(|_| is_days) else {
            return vec![(Grain::Quarter, self.from, self.to)];
        };
        let days_until = |at: Wall| (at.0 - midnight.0).div_euclid(DAY_MS);
        let last = Wall(midnight.0 + days_until(self.to) * DAY_MS);
        let first = Wall(midnight.0 + (days_until(Wall(self.from.0 - 1)) + 1) * DAY_MS);
        if first >= last {
            return vec![(Grain::Quarter, self.from, self.to)];
        }
        let mut pieces =
            vec![(Grain::Quarter, self.from, first), (Grain::Day, first, last), (Grain::Quarter, last, self.to)];
        pieces.retain(|(_, from, to)| from < to);
        pieces
    }

    /// The start of the interval that a sum lies in.
    fn start(&self) -> SimpleExpr {
        match self.step {
            // An origin before everything keeps the division one of positive numbers.
            Some((length, origin)) => {
                let origin = origin.0.rem_euclid(length) - length;
                col("start_at").sub(origin).div(length).mul(length).add(origin)
            }
            None => Expr::val(self.from.0),
        }
    }

    fn lines(&self, table: &str, (grain, from, to): (Grain, Wall, Wall)) -> SelectStatement {
        let mut query = Query::select();
        query.expr_as(self.start(), Alias::new("step")).column(Alias::new("subject")).from(Alias::new(table));
        query.and_where(col("tenant_id").eq(self.tenant.to_value())).and_where(col("grain").eq(grain.as_str()));
        query.and_where(col("dimension").eq(self.dimension.as_str()));
        query.and_where(col("start_at").gte(from.0)).and_where(col("start_at").lt(to.0));
        if !self.subjects.is_empty() {
            query.and_where(col("subject").is_in(self.subjects.iter().map(String::as_str)));
        }
        query.add_group_by([col("step"), col("subject")]);
        query.order_by(Alias::new("step"), Order::Asc).order_by(Alias::new("subject"), Order::Asc);
        query.limit(self.most + 1);
        query
    }
}

/// A sum as a whole number, in any dialect.
fn sum(column: &str) -> SimpleExpr {
    Expr::cust(format!("CAST(SUM(\"{column}\") AS BIGINT)"))
}

impl Store {
    /// The lines of a report, in the order of time and subject.
    ///
    /// # Errors
    /// The database fails.
    pub async fn report(&self, report: &Report) -> Result<Vec<Line>, Error> {
        let mut lines: BTreeMap<(Wall, String), Line> = BTreeMap::new();
        for piece in report.pieces() {
            let mut query = report.lines("rollup", piece);
            for figure in Figure::ALL {
                query.expr_as(sum(figure.as_str()), Alias::new(figure.as_str()));
            }
            query.expr_as(col("longest_wait_ms").max(), Alias::new("longest_wait_ms"));
            for row in self.read().query_all(&query).await? {
                let (start, subject): (Wall, String) = (Column::read(&row, "step")?, Column::read(&row, "subject")?);
                let longest_wait_ms = Column::read(&row, "longest_wait_ms")?;
                let nothing = || Line { start, subject: subject.clone(), sums: Sums::default(), longest_wait_ms: 0 };
                let line = lines.entry((start, subject.clone())).or_insert_with(nothing);
                line.sums.add(&Sums::read(&row)?);
                line.longest_wait_ms = std::cmp::max(line.longest_wait_ms, longest_wait_ms);
            }
        }
        Ok(lines.into_values().take(report.most as usize + 1).collect())
    }

    /// What agents spent their time on, in the intervals of a report by agent or team. A state counts once it is over.
    ///
    /// # Errors
    /// The database fails.
    pub async fn report_times(&self, report: &Report) -> Result<Vec<Time>, Error> {
        let mut times: BTreeMap<(Wall, String, String, String), Time> = BTreeMap::new();
        for piece in report.pieces() {
            let mut query = report.lines("staffing", piece);
            query.column(Alias::new("state")).column(Alias::new("reason"));
            query.add_group_by([col("state"), col("reason")]);
            query.expr_as(sum("spent_ms"), Alias::new("spent_ms"));
            for row in self.read().query_all(&query).await? {
                let (start, subject): (Wall, String) = (Column::read(&row, "step")?, Column::read(&row, "subject")?);
                let (state, reason): (AgentState, String) =
                    (Column::read(&row, "state")?, Column::read(&row, "reason")?);
                let ms: u64 = Column::read(&row, "spent_ms")?;
                let key = (start, subject.clone(), state.as_str().to_owned(), reason.clone());
                times.entry(key).or_insert(Time { start, subject, state, reason, ms: 0 }).ms += ms;
            }
        }
        Ok(times.into_values().take(report.most as usize + 1).collect())
    }
}

/// Of one subject those under one figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Under {
    /// By what.
    pub dimension: Dimension,
    /// Of this subject.
    pub subject: String,
    /// Those that this figure counts, or has a part of.
    pub figure: Figure,
}

impl Store {
    /// The records of interactions under a figure that began in a time (from, to before), the newest first, each as `T`
    /// reads it. `before`: those older than this one alone.
    ///
    /// # Errors
    /// The database fails, or a record can't be read.
    pub async fn records_under<T: DeserializeOwned>(
        &self,
        tenant: TenantId,
        wanted: &Under,
        (from, to): (Wall, Wall),
        before: Option<(Wall, InteractionId)>,
        most: u64,
    ) -> Result<Vec<(InteractionId, T)>, Error> {
        let mut query = Query::select();
        query.columns(["id", "detail"].map(Alias::new)).from(Alias::new("interaction"));
        under(&mut query, tenant, wanted);
        query.and_where(col("tenant_id").eq(tenant.to_value()));
        query.and_where(col("contact_at").gte(from.to_value())).and_where(col("contact_at").lt(to.to_value()));
        if let Some((at, id)) = before {
            query.and_where(
                Expr::tuple([col("contact_at"), col("contact_of")])
                    .lt(Expr::tuple([Expr::val(at.to_value()), Expr::val(id.to_value())])),
            );
        }
        query
            .order_by(Alias::new("contact_at"), Order::Desc)
            .order_by(Alias::new("contact_of"), Order::Desc)
            .limit(most);
        // The text of a serde error can hold values, which are private here.
        let bad = |e: serde_json::Error| Error::Stored { what: "record", reason: format!("column {}", e.column()) };
        let mut records = Vec::new();
        for row in self.read().query_all(&query).await? {
            let json: String = Column::read(&row, "detail")?;
            records.push((Column::read(&row, "id")?, serde_json::from_str(&json).map_err(bad)?));
        }
        Ok(records)
    }
}

/// Narrows a list of interactions to those under a figure.
pub(crate) fn under(query: &mut SelectStatement, tenant: TenantId, under: &Under) {
    query.from(Alias::new("contact")).and_where(col("contact_tenant").eq(tenant.to_value()));
    query.and_where(col("dimension").eq(under.dimension.as_str())).and_where(col("subject").eq(under.subject.as_str()));
    query.and_where(col(under.figure.as_str()).gt(0)).and_where(col("contact_of").eq(col("id")));
}

/// Whether a moment begins a quarter of an hour.
pub const fn is_quarter(at: Wall) -> bool {
    at.0 % QUARTER_MS == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(from: i64, to: i64, step: Option<i64>) -> Vec<(Grain, i64, i64)> {
        let step = step.map(|length| (length, Wall(0)));
        let (tenant, dimension, midnight) = (TenantId(1), Dimension::Queue, Some(Wall(0)));
        let (from, to) = (Wall(from), Wall(to));
        let report = Report { tenant, dimension, subjects: vec![], from, to, midnight, step, most: 10 };
        report.pieces().into_iter().map(|(grain, from, to)| (grain, from.0, to.0)).collect()
    }

    #[test]
    fn whole_days_are_read_as_days_and_the_ends_as_quarters() {
        use Grain::{Day, Quarter};
        assert_eq!(pieces(0, 3 * DAY_MS, None), [(Day, 0, 3 * DAY_MS)]);
        let ends =
            [(Quarter, QUARTER_MS, DAY_MS), (Day, DAY_MS, 2 * DAY_MS), (Quarter, 2 * DAY_MS, 2 * DAY_MS + QUARTER_MS)];
        assert_eq!(pieces(QUARTER_MS, 2 * DAY_MS + QUARTER_MS, None), ends);
        assert_eq!(pieces(QUARTER_MS, 2 * DAY_MS + QUARTER_MS, Some(DAY_MS)), ends);
        assert_eq!(pieces(0, 3 * DAY_MS, Some(QUARTER_MS)), [(Quarter, 0, 3 * DAY_MS)]);
        assert_eq!(pieces(QUARTER_MS, DAY_MS + QUARTER_MS, None), [(Quarter, QUARTER_MS, DAY_MS + QUARTER_MS)]);
    }
}
