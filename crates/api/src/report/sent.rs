//! A report as a file for somebody within the program, who sends it on.

use store::Store;
use types::{TenantId, Wall};

use super::file::{Format, Wish};
use crate::error::{ApiError, Code, Result};
use crate::input::Args;
use crate::language::Language;

/// A report as a file.
#[derive(Clone, Debug)]
pub struct ReportFile {
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Makes the file that `GET /api/v1/reports/file` gives for these parameters; `language` is one of them.
///
/// # Errors
/// Why it was not made, in a few words.
pub async fn report_file(
    store: &Store,
    tenant: TenantId,
    query: Vec<(String, String)>,
    now: Wall,
) -> std::result::Result<ReportFile, String> {
    made(store, tenant, Args::given(query), now).await.map_err(|error| match error.code {
        Code::TooLarge => "the report has more lines than such a file takes".to_owned(),
        code => match error.field {
            Some(field) => format!("{}: {field}", code.as_str()),
            None => code.as_str().to_owned(),
        },
    })
}

async fn made(store: &Store, tenant: TenantId, mut args: Args, now: Wall) -> Result<ReportFile> {
    let missing = |name| ApiError::field(Code::MissingField, name);
    let format = args.read("format", Format::parse)?.ok_or_else(|| missing("format"))?;
    let language = args.read("language", Language::parse)?.ok_or_else(|| missing("language"))?;
    let wish = Wish::read(store, tenant, &mut args, now).await?;
    args.finish()?;
    Ok(ReportFile { kind: format.media_type(), bytes: wish.file(store, format, language, now).await? })
}
