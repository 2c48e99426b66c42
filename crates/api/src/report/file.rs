//! A report as a file.

use sheet::{Cell, Document, Table};
use store::Store;
use types::service::ServiceLevel;
use types::{TenantId, Wall};

use super::ask::{Asked, Every};
use super::columns::{Column, by_words, chosen, direction, is_column, say};
use crate::dto::{Report, ReportLine, ReportSubject};
use crate::error::{ApiError, Result};
use crate::input::{Args, moment};
use crate::language::Language;

/// Lines of a file at most: of a spreadsheet some 30 MB while it is made, of a PDF about a hundred pages.
const LINES: u64 = 20_000;
const PDF_LINES: u64 = 3_000;

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Xlsx,
    Pdf,
}

impl Format {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Csv, Self::Xlsx, Self::Pdf].into_iter().find(|format| format.as_str() == text)
    }

    /// The stable name, which files end with.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }

    const fn lines(self) -> u64 {
        match self {
            Self::Csv | Self::Xlsx => LINES,
            Self::Pdf => PDF_LINES,
        }
    }
}

/// A report with what is to be seen of it.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    asked: Asked,
    columns: Vec<&'static Column>,
    level: ServiceLevel,
}

impl Wish {
    /// Reads what is wished for.
    ///
    /// # Errors
    /// A value is missing or makes no sense; the database fails.
    pub(crate) async fn read(store: &Store, tenant: TenantId, args: &mut Args, now: Wall) -> Result<Self> {
        let ids = |text: &str| {
            let ids: Vec<String> = text.split(',').map(str::to_owned).collect();
            ids.iter().all(|id| is_column(id)).then_some(ids)
        };
        let ids = args.read("columns", ids)?.unwrap_or_default();
        let level = args.read("level", ServiceLevel::parse)?.unwrap_or_default();
        let asked = Asked::read(store, tenant, args, now).await?;
        let columns = chosen(asked.by, &ids);
        Ok(Self { asked, columns, level })
    }

    /// What the file is called.
    pub(crate) fn name(&self, format: Format) -> String {
        let day = |at: Wall| Cell::Moment(at.0 + self.asked.offset_ms()).text()[..10].replace('-', "");
        // The last day that is in it.
        let last = Wall(self.asked.to.0 - 1);
        format!("report-{}-{}-{}.{}", self.asked.by.as_str(), day(self.asked.from), day(last), format.as_str())
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// More lines than such a file takes; the database fails.
    pub(crate) async fn file(&self, store: &Store, format: Format, language: Language, now: Wall) -> Result<Vec<u8>> {
        let most = format.lines();
        let sums = self.asked.whole().answer(store, most).await?;
        let course = if self.asked.every == Every::All { None } else { Some(self.asked.answer(store, most).await?) };
        let document = self.document(&sums, course.as_ref(), language, now);
        // Laying out thousands of lines takes the time of many requests.
        let made = tokio::task::spawn_blocking(move || match format {
            Format::Csv => Ok(sheet::csv(&document)),
            Format::Xlsx => sheet::xlsx(&document),
            Format::Pdf => sheet::pdf(&document),
        });
        let made = made.await.map_err(|e| ApiError::internal("report file", &e))?;
        made.map_err(|e| ApiError::internal("report file", &e))
    }

    fn document(&self, sums: &Report, course: Option<&Report>, language: Language, now: Wall) -> Document {
        let asked = &self.asked;
        let (by, level) = (say(by_words(asked.by), language), self.level);
        let local = |at: Wall| Cell::Moment(at.0 + asked.offset_ms());
        let zone = zone(asked.utc_offset_min);
        let said = |zh: String, en: String| if language == Language::Chinese { zh } else { en };
        let (from, to, made) = (local(asked.from).text(), local(asked.to).text(), local(now).text());
        let notes = vec![
            said(format!("时间：{from} 至 {to}（{zone}）"), format!("Time: {from} to {to} ({zone})")),
            said(format!("制表：{made}"), format!("Made: {made}")),
        ];
        let mut tables = vec![self.table(said("合计".into(), "Sums".into()), &sums.items, false, language)];
        if let Some(course) = course {
            tables.push(self.table(said("按时段".into(), "By interval".into()), &course.items, true, language));
        }
        let mut foot: Vec<String> = self
            .columns
            .iter()
            .map(|column| format!("{}: {}", say(column.name, language), column.about(level, language)))
            .collect();
        foot.push(said(
            "一通电话转到另一队列或坐席，会在两处各计一次，各行不能相加。".into(),
            "A call that was handed on to another queue or agent counts once in each: lines do not add up.".into(),
        ));
        let title = said(format!("报表：{by}"), format!("Report: {by}"));
        let made = now.0 + asked.offset_ms();
        Document { title, notes, tables, foot, made }
    }

    fn table(&self, name: String, lines: &[ReportLine], times: bool, language: Language) -> Table {
        let (interval, by) = (say(("时段", "Interval"), language), say(by_words(self.asked.by), language));
        let first = times.then_some(interval).into_iter().chain([by]);
        let head = first.chain(self.columns.iter().map(|column| say(column.name, language)));
        let row = |line: &ReportLine| {
            let start = moment(&line.from).unwrap_or_default();
            let start = times.then(|| Cell::Moment(start.0 + self.asked.offset_ms()));
            let subject = Cell::Text(called(&line.subject, language));
            let figures = self.columns.iter().map(|column| column.cell(line, self.level));
            start.into_iter().chain([subject]).chain(figures).collect()
        };
        Table { name, head: head.map(str::to_owned).collect(), rows: lines.iter().map(row).collect() }
    }
}

/// What people call a subject; one that was removed goes by its id.
fn called(subject: &ReportSubject, language: Language) -> String {
    if let Some(words) = direction(&subject.id) {
        return say(words, language).to_owned();
    }
    let title = if language == Language::Chinese { &subject.title.zh } else { &subject.title.en };
    let is_number = !subject.name.is_empty() && subject.name.bytes().all(|byte| byte.is_ascii_digit());
    match (title.is_empty(), subject.name.is_empty()) {
        (true, true) => subject.id.clone(),
        (true, false) => subject.name.clone(),
        (false, _) if is_number && *title != subject.name => format!("{} {title}", subject.name),
        (false, _) => title.clone(),
    }
}

/// An offset from UTC as people write it.
fn zone(offset_min: i32) -> String {
    let sign = if offset_min < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", offset_min.abs() / 60, offset_min.abs() % 60)
}
