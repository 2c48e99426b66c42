//! Makes the reports that are due.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use directory::{Agent, Tenant};
use resource::{LetterLanguage, ReportBy, ReportFormat, ReportScheduleSpec};
use store::{Delivery, DeliveryKind, DeliveryStatus, Origin, Queue, ReportSchedule, ScheduleRun, Team};
use timetable::Turn;
use tokio::sync::watch;
use types::{Private, TenantId, Wall};

use crate::letter::{Content, File};
use crate::reports::Wanted;
use crate::words::{days, local, pick};
use crate::{CourierError, Shared, clock};

/// The longest pause between two looks: a schedule that was changed elsewhere is late by no more.
const LOOK: Duration = Duration::from_secs(30);
/// After a failure of the database.
const RETRY: Duration = Duration::from_secs(5);
/// A report that comes so much after its time says so.
const LATE_MS: u64 = 10 * 60_000;
/// All that goes with one letter: many servers take no more than 10 MB, and base64 adds a third.
const FILES_BYTES: usize = 7 << 20;

pub(crate) async fn run(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    loop {
        let now = clock::now();
        let until = match look(&shared, now).await {
            Ok(until) => until,
            Err(error) => {
                tracing::error!(%error, "schedules can't be read; it is tried again");
                Wall(now.0 + RETRY.as_millis() as i64)
            }
        };
        if !clock::pause(until, LOOK, &shared.plan, &mut stop).await {
            break;
        }
    }
}

/// Makes what is due; when the next is.
async fn look(shared: &Shared, now: Wall) -> Result<Wall, store::Error> {
    let mut until = Wall(i64::MAX);
    for tenant in shared.store.tenants().await? {
        if !shared.closed.contains(&tenant.id) {
            until = until.min(look_at(shared, &tenant, now).await?);
        }
    }
    Ok(until)
}

async fn look_at(shared: &Shared, tenant: &Tenant, now: Wall) -> Result<Wall, store::Error> {
    let id = tenant.id;
    let rows = shared.store.list::<ReportSchedule>(id).await?;
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let runs = shared.store.list::<ScheduleRun>(id).await?;
    for gone in runs.iter().filter(|run| !names.contains(run.name.as_str())) {
        // Whoever comes later under this name begins anew.
        shared.store.delete::<ScheduleRun>(id, (id, gone.name.clone())).await?;
    }
    let mut until = Wall(i64::MAX);
    for row in &rows {
        let Some(spec) = ReportScheduleSpec::of(row) else { continue };
        let known = runs.iter().find(|run| run.name == row.name).cloned();
        let fresh = || ScheduleRun {
            tenant: id,
            name: row.name.clone(),
            done: now,
            ran: None,
            missed: 0,
            letters: 0,
            problem: None,
        };
        let is_new = known.is_none();
        let run = known.unwrap_or_else(fresh);
        let rhythm = spec.rhythm(tenant.utc_offset_min);
        match rhythm.turn(run.done, now) {
            Turn::Wait(next) => {
                if is_new {
                    shared.store.put(&run).await?;
                }
                until = until.min(next);
            }
            Turn::Run { due, .. } if spec.paused => shared.store.put(&ScheduleRun { done: due, ..run }).await?,
            Turn::Run { due, missed } => {
                let made = make(shared, tenant, &row.name, &spec, due, missed, now).await;
                hand_out(shared, made, ScheduleRun { done: due, missed, ..run }, now).await?;
                until = until.min(rhythm.next(due));
            }
        }
    }
    Ok(until)
}

/// Makes a report of the last whole time, whatever is due.
pub(crate) async fn run_now(
    shared: &Shared,
    tenant: TenantId,
    name: &str,
    spec: &ReportScheduleSpec,
) -> Result<u32, CourierError> {
    let now = clock::now();
    let company = shared.store.get::<Tenant>(tenant, tenant).await?.ok_or(CourierError::NotFound)?;
    let run = shared.store.get::<ScheduleRun>(tenant, (tenant, name.to_owned())).await?;
    let run = run.unwrap_or_else(|| ScheduleRun {
        tenant,
        name: name.to_owned(),
        done: now,
        ran: None,
        missed: 0,
        letters: 0,
        problem: None,
    });
    let made = make(shared, &company, name, spec, now, 0, now).await;
    let told = made.as_ref().map(|letters| letters.len() as u32).map_err(|problem| problem.clone());
    hand_out(shared, made, ScheduleRun { missed: 0, ..run }, now).await?;
    told.map_err(CourierError::Report)
}

/// Writes down what came of a turn.
async fn hand_out(
    shared: &Shared,
    made: Result<Vec<Delivery>, String>,
    run: ScheduleRun,
    now: Wall,
) -> Result<(), store::Error> {
    let (deliveries, problem) = match made {
        Ok(deliveries) => (deliveries, None),
        Err(problem) => {
            tracing::warn!(tenant = %run.tenant, schedule = run.name, problem, "a report was not made");
            (Vec::new(), Some(problem))
        }
    };
    let run = ScheduleRun { ran: Some(now), letters: deliveries.len() as u32, problem, ..run };
    let left_out = shared.store.deliver(&deliveries, Origin::Run(&run)).await?;
    if left_out > 0 {
        tracing::warn!(tenant = %run.tenant, left_out, "letters were left out: too much waits already");
    }
    shared.deliver.notify_one();
    Ok(())
}

/// The letters of one turn.
async fn make(
    shared: &Shared,
    company: &Tenant,
    name: &str,
    spec: &ReportScheduleSpec,
    due: Wall,
    missed: u32,
    now: Wall,
) -> Result<Vec<Delivery>, String> {
    let tenant = company.id;
    let content = content(shared, company, name, spec, (due, missed, now)).await?;
    let (title, body) = (Private::new(content.subject.clone()), content.stored());
    let letter = |to: &Private<String>| Delivery {
        id: shared.new_id(now),
        tenant,
        kind: DeliveryKind::Mail,
        topic: "report".to_owned(),
        source: name.to_owned(),
        once: format!("report/{name}/{}/{}", due.0, to.reveal()),
        recipient: to.clone(),
        title: title.clone(),
        body: body.clone(),
        status: DeliveryStatus::Waiting,
        attempts: 0,
        due: now,
        created: now,
        ended: None,
        answer: Private::default(),
    };
    Ok(spec.recipients.iter().map(letter).collect())
}

async fn content(
    shared: &Shared,
    company: &Tenant,
    name: &str,
    spec: &ReportScheduleSpec,
    (due, missed, now): (Wall, u32, Wall),
) -> Result<Content, String> {
    let (from, to) = spec.period(due, company.utc_offset_min);
    let offset = company.utc_offset_min;
    let subjects = ids(shared, company.id, spec).await?;
    let period = days((from, to), offset);
    let title = pick(spec.language, &spec.title.zh, &spec.title.en);
    let title = if title.is_empty() { name } else { title };
    let mut files = Vec::new();
    let formats: BTreeSet<ReportFormat> = spec.formats.iter().copied().collect();
    for format in formats {
        let (by, every, language) = (spec.by, spec.every, spec.language);
        let wanted =
            Wanted { tenant: company.id, by, every, subjects: subjects.clone(), from, to, made: now, format, language };
        let file = shared.reports.render(wanted).await?;
        let name = format!("{title} {}.{}", period.replace(" – ", "_"), format.as_str());
        files.push(File { name, kind: file.kind.to_owned(), bytes: file.bytes });
    }
    if files.iter().map(|file| file.bytes.len()).sum::<usize>() > FILES_BYTES {
        return Err("the report is too large for a letter; ask for fewer subjects or longer intervals".to_owned());
    }
    let subject = format!("{title} {period}");
    let text = text(company, title, &period, spec.language, (due, missed, now));
    Ok(Content { subject, text, files })
}

fn text(
    company: &Tenant,
    title: &str,
    period: &str,
    language: LetterLanguage,
    (due, missed, now): (Wall, u32, Wall),
) -> String {
    let mut text = match language {
        LetterLanguage::Zh => format!("{}\n{title}：{period}\n\n报表见附件。\n", company.title),
        LetterLanguage::En => format!("{}\n{title}: {period}\n\nThe report is attached.\n", company.title),
    };
    if now.ms_since(due) >= LATE_MS || missed > 0 {
        let at = local(due, company.utc_offset_min);
        text.push_str(&match language {
            LetterLanguage::Zh => format!("\n本报表应于 {at} 发送，当时服务器未运行，现补发。\n"),
            LetterLanguage::En => {
                format!("\nThis report was due at {at}, while the server was not running; it comes late.\n")
            }
        });
    }
    if missed > 0 {
        text.push_str(&match language {
            LetterLanguage::Zh => format!("此前另有 {missed} 期未发送，不再补发。\n"),
            LetterLanguage::En => format!("{missed} before it were missed and are not sent any more.\n"),
        });
    }
    text
}

/// The ids of a schedule's subjects; of numbers the numbers.
async fn ids(shared: &Shared, tenant: TenantId, spec: &ReportScheduleSpec) -> Result<Vec<String>, String> {
    if spec.subjects.is_empty() {
        return Ok(Vec::new());
    }
    let store = &shared.store;
    let all: Result<Vec<(String, String)>, store::Error> = async {
        Ok(match spec.by {
            ReportBy::Queue => {
                let rows = store.list::<Queue>(tenant).await?;
                rows.iter().map(|row| (row.name.to_string(), row.id.to_string())).collect()
            }
            ReportBy::Agent => {
                let rows = store.list::<Agent>(tenant).await?;
                rows.iter().map(|row| (row.number.to_string(), row.id.to_string())).collect()
            }
            ReportBy::Team => {
                let rows = store.list::<Team>(tenant).await?;
                rows.iter().map(|row| (row.name.to_string(), row.id.to_string())).collect()
            }
            ReportBy::Flow => {
                let rows = store.flow_heads(tenant).await?;
                rows.iter().map(|row| (row.name.to_string(), row.id.to_string())).collect()
            }
            ReportBy::Number | ReportBy::Direction => {
                spec.subjects.iter().map(|subject| (subject.clone(), subject.clone())).collect()
            }
        })
    }
    .await;
    let all = all.map_err(|error| error.to_string())?;
    let named = all.into_iter().filter(|(name, _)| spec.subjects.contains(name));
    let ids: BTreeSet<String> = named.map(|(_, id)| id).collect();
    if ids.is_empty() {
        return Err("none of its subjects is there any more".to_owned());
    }
    Ok(ids.into_iter().collect())
}
