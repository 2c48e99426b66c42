//! `lingtong apply`, `diff`, `export` and `schema`: a centre as files.

pub(crate) mod documents;
mod place;
mod remote;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use resource::{Action, Change, Kind, Resource};

pub(crate) use documents::text_of;
use documents::{read_files, write_all};
use place::Place;

/// `diff` found that something differs.
const DIFFERS: u8 = 2;

/// Where the centre is.
#[derive(Args)]
pub(crate) struct Where {
    /// The data folder of a server that does not run.
    #[arg(long, value_name = "DIR", default_value = "./data")]
    data: PathBuf,
    /// The tenant in that folder, by its short name; may be left out where there is only one.
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    tenant: Option<String>,
    /// A running server, such as https://centre.example:8443. The token says whose settings are meant.
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    url: Option<String>,
    /// The token of an administrator who is signed in there [default: the variable LINGTONG_TOKEN].
    #[arg(long, value_name = "TOKEN", requires = "url")]
    token: Option<String>,
}

/// What `apply` and `diff` are given.
#[derive(Args)]
pub(crate) struct Wanted {
    /// A YAML file of resources; `-` is standard input. May be given more than once.
    #[arg(short = 'f', long = "file", value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Remove resources that the files do not name, of the kinds that they do.
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    place: Where,
}

/// Makes a centre what the files say.
pub(crate) fn apply(wanted: Wanted, dry_run: bool) -> Result<ExitCode, String> {
    let resources = read_files(&wanted.files)?;
    on_runtime(async move {
        let place = Place::open(wanted.place, &resources).await?;
        let changes = place.apply(resources, wanted.prune, dry_run).await?;
        for change in &changes {
            println!("{}", line(change));
        }
        let (count, what) = (changes.len(), if dry_run { "would change" } else { "changed" });
        println!("{count} {} {what}", if count == 1 { "resource" } else { "resources" });
        place.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Says in what a centre differs from the files.
pub(crate) fn diff(wanted: Wanted) -> Result<ExitCode, String> {
    let resources = read_files(&wanted.files)?;
    on_runtime(async move {
        let place = Place::open(wanted.place, &resources).await?;
        let changes = place.apply(resources, wanted.prune, true).await?;
        for change in &changes {
            println!("{}", line(change));
        }
        place.close().await?;
        Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
    })
}

/// Prints a centre as YAML.
pub(crate) fn export(place: Where, kinds: &[Kind]) -> Result<ExitCode, String> {
    let kinds = kinds.to_vec();
    on_runtime(async move {
        let place = Place::open(place, &[]).await?;
        let mut resources = place.export().await?;
        resources.retain(|resource| kinds.is_empty() || kinds.contains(&resource.kind));
        print!("{}", write_all(&resources)?);
        place.close().await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Prints the JSON schema of a document.
pub(crate) fn schema() -> Result<ExitCode, String> {
    println!("{}", serde_json::to_string_pretty(&resource::json_schema()).map_err(|e| e.to_string())?);
    Ok(ExitCode::SUCCESS)
}

fn on_runtime(work: impl Future<Output = Result<ExitCode, String>>) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(work)
}

/// A kind by its name, for the command line.
pub(crate) fn kind(text: &str) -> Result<Kind, String> {
    let names = || Kind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    Kind::parse(text).ok_or_else(|| format!("must be one of: {}", names()))
}

fn line(change: &Change) -> String {
    let Change { action, kind, name, fields } = change;
    match action {
        Action::Create => format!("+ {kind} {name}"),
        Action::Update => format!("~ {kind} {name}: {}", fields.join(", ")),
        Action::Delete => format!("- {kind} {name}"),
    }
}

/// The tenant that resources name, if they do.
fn tenant_of(resources: &[Resource]) -> Option<&str> {
    resources.iter().find(|resource| resource.kind == Kind::Tenant).map(|resource| resource.name.as_str())
}
