//! The library of prompts: what there is, what plays it, and new recordings for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Request as HttpRequest, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use directory::Permission;
use resource::{
    Edit, Expect, Kind, Problem, PromptSpec, Request, Rows, Spec, What, Wish, audio_of, prompts_named, shipped_prompts,
};
use speech::{Language, SpeechError, Spoken};
use store::{FlowDraft, PromptVersion};
use types::TenantId;

use super::change::{change, rows};
use crate::backend::{KeptSound, NoSound};
use crate::dto::{ErrorBody, Prompt, PromptDetail, PromptList, PromptSound, PromptTake, PromptUse, PromptWords};
use crate::error::{ApiError, Code, Result};
use crate::input::{Args, Input};
use crate::state::{App, now};
use crate::viewer::Viewer;

/// The largest upload: five minutes as a recorder writes them, in stereo, uncompressed.
const UPLOAD_BYTES: usize = 64 << 20;
/// Recordings of one prompt in one language that are kept; whoever made more knows which one was right.
const VERSIONS: usize = 20;
/// Characters of the name of an uploaded file that are remembered.
const SOURCE_CHARS: usize = 120;
/// What is in a recording never changes: another has another name.
const CACHE_FOREVER: &str = "private, max-age=31536000, immutable";
/// What callers hear under a name may change at any moment.
const CACHE_NEVER: &str = "private, no-cache";
/// The folders of what ships.
const LANGUAGES: [&str; 3] = ["zh", "en", "music"];

/// The prompts that flows and queues name, and drafts of flows.
async fn uses(app: &App, rows: &Rows) -> Result<BTreeMap<String, Vec<PromptUse>>> {
    let mut uses: BTreeMap<String, Vec<PromptUse>> = BTreeMap::new();
    let mut note = |prompt: String, kind, name: &str, draft| {
        uses.entry(prompt).or_default().push(PromptUse { kind, name: name.to_owned(), draft });
    };
    for flow in rows.flows.iter().filter(|flow| flow.published) {
        prompts_named(&flow.definition).into_iter().for_each(|prompt| note(prompt, Kind::Flow, &flow.name, false));
    }
    for queue in &rows.queues {
        if let Some(music) = queue.config["music"].as_str() {
            note(music.to_owned(), Kind::Queue, &queue.name, false);
        }
    }
    for draft in app.store.list::<FlowDraft>(rows.tenant.id).await? {
        let named = prompts_named(&draft.spec["definition"]);
        named.into_iter().for_each(|prompt| note(prompt, Kind::Flow, &draft.name, true));
    }
    Ok(uses)
}

/// Prompts of one's own and those that ship, by name.
fn all(app: &App, rows: &Rows, uses: &BTreeMap<String, Vec<PromptUse>>, lengths: &HashMap<String, u64>) -> Vec<Prompt> {
    let own: BTreeMap<&str, &store::Prompt> = rows.prompts.iter().map(|prompt| (&*prompt.name, prompt)).collect();
    let shipped = shipped_prompts();
    let names: BTreeSet<&str> = own.keys().copied().chain(shipped.keys().copied()).collect();
    let prompt = |name: &str| {
        let (of_own, ships) = (own.get(name), shipped.get(name));
        let title = of_own.map(|prompt| (&prompt.title).into()).unwrap_or_default();
        let said = || ships.map(|[zh, en]| resource::TitleSpec { zh: (*zh).to_owned(), en: (*en).to_owned() });
        let words = of_own.map(|prompt| (&prompt.words).into()).or_else(said).unwrap_or_default();
        let mut audio = of_own.map(|prompt| audio_of(prompt)).unwrap_or_default();
        let sound = |language: &&str| {
            let own = audio.of(language).and_then(|audio| audio.clone());
            let length_ms = own.as_ref().and_then(|audio| lengths.get(audio).copied());
            let heard = own.is_some() || app.prompts.has_common(&format!("{language}/{name}"));
            heard.then(|| PromptSound { language: (*language).to_owned(), audio: own, length_ms })
        };
        let sounds = LANGUAGES.iter().filter_map(sound).collect();
        let used_by = uses.get(name).cloned().unwrap_or_default();
        let (own, ships) = (of_own.is_some(), ships.is_some());
        Prompt { name: name.to_owned(), title, words, own, ships, sounds, used_by }
    };
    names.into_iter().map(prompt).collect()
}

/// All prompts: one's own, and those that ship.
#[utoipa::path(get, path = "/api/v1/prompts", tag = "prompts",
    responses((status = 200, body = PromptList), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn prompts(State(app): State<App>, viewer: Viewer, args: Args) -> Result<Json<PromptList>> {
    args.finish()?;
    let rows = rows(&app, &viewer).await?;
    let versions = app.store.list::<PromptVersion>(viewer.tenant()).await?;
    let lengths = versions.into_iter().map(|version| (version.audio, version.length_ms)).collect();
    let items = all(&app, &rows, &uses(&app, &rows).await?, &lengths);
    Ok(Json(PromptList {
        items,
        upload_bytes: UPLOAD_BYTES,
        upload_s: app.prompts.longest_s(),
        speaks: app.speaker.is_ready(),
    }))
}

/// One prompt, with the recordings that it has had.
#[utoipa::path(get, path = "/api/v1/prompts/{name}", tag = "prompts", params(("name" = String, Path)),
    responses((status = 200, body = PromptDetail), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(crate) async fn prompt(
    State(app): State<App>,
    viewer: Viewer,
    Path(name): Path<String>,
    args: Args,
) -> Result<Json<PromptDetail>> {
    args.finish()?;
    detail(&app, &viewer, &name).await.map(Json)
}

async fn detail(app: &App, viewer: &Viewer, name: &str) -> Result<PromptDetail> {
    let rows = rows(app, viewer).await?;
    let versions = app.store.prompt_versions(viewer.tenant(), name).await?;
    let lengths = versions.iter().map(|version| (version.audio.clone(), version.length_ms)).collect();
    let found = all(app, &rows, &uses(app, &rows).await?, &lengths).into_iter().find(|prompt| prompt.name == name);
    let prompt = found.ok_or_else(ApiError::not_found)?;
    let book = rows.book().map_err(|problem| ApiError::internal("settings", &problem))?;
    let revision = book.get(&(Kind::Prompt, name.to_owned())).map(resource::Entry::revision);
    let is_heard = |version: &PromptVersion| {
        let same = |sound: &&PromptSound| sound.language == version.language;
        prompt.sounds.iter().find(same).is_some_and(|sound| sound.audio.as_ref() == Some(&version.audio))
    };
    let takes = versions.into_iter().map(|version| {
        let current = is_heard(&version);
        PromptTake::new(version, current)
    });
    let versions = takes.collect();
    Ok(PromptDetail { prompt, revision, versions })
}

/// What callers hear of a prompt in a language, as WAV.
#[utoipa::path(get, path = "/api/v1/prompts/{name}/sounds/{language}", tag = "prompts",
    params(("name" = String, Path), ("language" = String, Path, description = "`zh`, `en` or `music`")),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn prompt_sound(
    State(app): State<App>,
    viewer: Viewer,
    Path((name, language)): Path<(String, String)>,
) -> Result<Response> {
    viewer.require(Permission::SettingsRead)?;
    let tenant = viewer.tenant();
    let own = app.store.get::<store::Prompt>(tenant, (tenant, name.clone())).await?;
    let audio = own.and_then(|prompt| audio_of(&prompt).of(&language).and_then(|audio| audio.take()));
    let bytes = match audio {
        Some(audio) => read(&app, tenant, audio).await?,
        None => {
            let common = move |app: App| app.prompts.common(&format!("{language}/{name}"));
            blocking(&app, common).await?.ok_or_else(ApiError::not_found)?
        }
    };
    Ok(wav(bytes, CACHE_NEVER))
}

/// A recording that a prompt has or had, as WAV.
#[utoipa::path(get, path = "/api/v1/prompt-audio/{audio}", tag = "prompts",
    params(("audio" = String, Path, description = "SHA-256")),
    responses((status = 200, body = Vec<u8>, content_type = "audio/wav"), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn prompt_audio(
    State(app): State<App>,
    viewer: Viewer,
    Path(audio): Path<String>,
) -> Result<Response> {
    viewer.require(Permission::SettingsRead)?;
    Ok(wav(read(&app, viewer.tenant(), audio).await?, CACHE_FOREVER))
}

async fn read(app: &App, tenant: TenantId, audio: String) -> Result<Vec<u8>> {
    let found = blocking(app, move |app| app.prompts.read(tenant, &audio)).await?;
    found.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ApiError::not_found(),
        _ => ApiError::internal("prompt", &error),
    })
}

fn wav(bytes: Vec<u8>, cache: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, cache)];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), bytes).into_response()
}

async fn blocking<T: Send + 'static>(app: &App, work: impl FnOnce(App) -> T + Send + 'static) -> Result<T> {
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || work(app)).await.map_err(|e| ApiError::internal("prompt", &e))
}

/// Gives a prompt a new recording: WAV, MP3, FLAC, OGG or M4A, which is trimmed and made as loud as what ships. Callers
/// hear it from now on. A prompt that there is not yet is made.
#[utoipa::path(put, path = "/api/v1/prompts/{name}/sounds/{language}", tag = "prompts",
    params(("name" = String, Path), ("language" = String, Path, description = "`zh`, `en` or `music`"),
        ("file" = Option<String>, Query, description = "The name of the file, for people")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = PromptDetail),
        (status = 400, body = ErrorBody,
            description = "`unknown_sound`, `damaged_sound`, `long_sound`, `silent_sound`: what is wrong with the file"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn put_prompt_sound(
    State(app): State<App>,
    viewer: Viewer,
    Path((name, language)): Path<(String, String)>,
    mut args: Args,
    request: HttpRequest,
) -> Result<Json<PromptDetail>> {
    viewer.require(Permission::SettingsWrite)?;
    let source = args.take("file").unwrap_or_default();
    args.finish()?;
    if !LANGUAGES.contains(&&*language) {
        return Err(ApiError::not_found());
    }
    // Large files in memory, and a core for a while each.
    let turn = app.uploads.acquire().await.map_err(|_| Code::Unavailable)?;
    let bytes = axum::body::to_bytes(request.into_body(), UPLOAD_BYTES).await.map_err(|_| Code::TooLarge)?;
    let kept = keep(&app, viewer.tenant(), bytes, language == "music").await?;
    drop(turn);
    let source = source.chars().filter(|c| !c.is_control()).take(SOURCE_CHARS).collect();
    let made = Made { language, kept, source, words: None };
    give(&app, &viewer, &name, made).await.map(Json)
}

/// Speaks a text, and gives it to a prompt as its recording and its words; callers hear it from now on. A prompt that there
/// is not yet is made.
#[utoipa::path(post, path = "/api/v1/prompts/{name}/sounds/{language}/speech", tag = "prompts",
    params(("name" = String, Path), ("language" = String, Path, description = "`zh` or `en`")),
    request_body = PromptWords,
    responses((status = 200, body = PromptDetail), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody, description = "`no_speech`: no engine that speaks is installed")))]
pub(crate) async fn speak_prompt(
    State(app): State<App>,
    viewer: Viewer,
    Path((name, language)): Path<(String, String)>,
    Input(wish): Input<PromptWords>,
) -> Result<Json<PromptDetail>> {
    viewer.require(Permission::SettingsWrite)?;
    let spoken_in = Language::parse(&language).ok_or_else(ApiError::not_found)?;
    let turn = app.uploads.acquire().await.map_err(|_| Code::Unavailable)?;
    let text = wish.text.clone();
    let spoken = blocking(&app, move |app| app.speaker.say(&text, spoken_in)).await?;
    let Spoken { wav, voice } = spoken.map_err(|why| match why {
        SpeechError::Empty | SpeechError::TooLong => ApiError::field(Code::BadValue, "text"),
        SpeechError::NotInstalled(_) => Code::NoSpeech.into(),
        SpeechError::TooSlow(_) | SpeechError::Engine(_) => ApiError::internal("speech", &why),
    })?;
    let kept = keep(&app, viewer.tenant(), wav.into_bytes().into(), false).await?;
    drop(turn);
    let made = Made { language, kept, source: voice, words: Some(wish.text.trim().to_owned()) };
    give(&app, &viewer, &name, made).await.map(Json)
}

/// A recording that was made, for a prompt.
struct Made {
    language: String,
    kept: KeptSound,
    /// What it was made of, for people.
    source: String,
    /// What it says, where that is known.
    words: Option<String>,
}

/// Gives it to the prompt, and drops what is too old to be looked for.
async fn give(app: &App, viewer: &Viewer, name: &str, made: Made) -> Result<PromptDetail> {
    let (language, audio) = (made.language.clone(), made.kept.audio.clone());
    let taken = take(app, viewer, name, made).await;
    let old = match &taken {
        Ok(()) => cut_versions(app, viewer, name, &language).await?,
        Err(_) => vec![audio],
    };
    sweep(app, viewer.tenant(), old).await?;
    taken?;
    detail(app, viewer, name).await
}

async fn keep(app: &App, tenant: TenantId, bytes: Bytes, music: bool) -> Result<KeptSound> {
    let kept = blocking(app, move |app| app.prompts.keep(tenant, bytes.into(), music)).await?;
    kept.map_err(|why| match why {
        NoSound::Unknown => Code::UnknownSound.into(),
        NoSound::Damaged => Code::DamagedSound.into(),
        NoSound::TooLong => Code::LongSound.into(),
        NoSound::Silent => Code::SilentSound.into(),
        NoSound::Failed(error) => ApiError::internal("prompt", &error),
    })
}

/// Makes a recording the one that is heard, and remembers it.
async fn take(app: &App, viewer: &Viewer, name: &str, made: Made) -> Result<()> {
    let tenant = viewer.tenant();
    let Made { language, kept, source, words } = made;
    let book = rows(app, viewer).await?.book().map_err(|problem| ApiError::internal("settings", &problem))?;
    let (mut spec, expect) = match book.get(&(Kind::Prompt, name.to_owned())).map(|entry| (&entry.spec, entry)) {
        Some((Spec::Prompt(spec), entry)) => (spec.clone(), Expect::Revision(entry.revision())),
        _ => (PromptSpec::default(), Expect::Absent),
    };
    *spec.audio.of(&language).ok_or_else(ApiError::not_found)? = Some(kept.audio.clone());
    if let Some(words) = words {
        let said = if language == Language::Zh.as_str() { &mut spec.words.zh } else { &mut spec.words.en };
        *said = words;
    }
    let wish = Wish::Put(Spec::Prompt(spec).to_json());
    let edit = Edit { kind: Kind::Prompt, name: name.to_owned(), expect, wish };
    change(app, viewer, Request { edits: vec![edit], prune: false, rights: viewer.permissions }).await?;
    let versions = app.store.prompt_versions(tenant, name).await?;
    // The same file once more is no other version.
    if versions.iter().any(|version| version.language == language && version.audio == kept.audio) {
        return Ok(());
    }
    let version = versions.first().map_or(1, |newest| newest.version + 1);
    let name = name.to_owned();
    let KeptSound { audio, length_ms } = kept;
    let (made, by) = (now(), viewer.user.username.to_string());
    app.store.insert(&PromptVersion { tenant, name, version, language, audio, length_ms, source, made, by }).await?;
    Ok(())
}

/// Forgets what is too old to be looked for; gives the recordings of it.
async fn cut_versions(app: &App, viewer: &Viewer, name: &str, language: &str) -> Result<Vec<String>> {
    let tenant = viewer.tenant();
    let versions = app.store.prompt_versions(tenant, name).await?;
    let mut old = Vec::new();
    for version in versions.into_iter().filter(|version| version.language == language).skip(VERSIONS) {
        app.store.delete::<PromptVersion>(tenant, (tenant, version.name, version.version)).await?;
        old.push(version.audio);
    }
    Ok(old)
}

/// Removes those of some recordings that nothing refers to.
pub(super) async fn sweep(app: &App, tenant: TenantId, mut audio: Vec<String>) -> Result<()> {
    if audio.is_empty() {
        return Ok(());
    }
    let versions = app.store.list::<PromptVersion>(tenant).await?;
    let mut kept: BTreeSet<String> = versions.into_iter().map(|version| version.audio).collect();
    for prompt in app.store.list::<store::Prompt>(tenant).await? {
        kept.extend(audio_of(&prompt).each().map(|(_, audio)| audio.to_owned()));
    }
    audio.retain(|audio| !kept.contains(audio));
    blocking(app, move |app| audio.iter().for_each(|audio| app.prompts.forget(tenant, audio))).await
}

/// Looks whether a prompt may go: no draft of a flow plays it, unless one that ships is heard in its place. Gives the
/// recordings that go with it.
pub(super) async fn before_delete(app: &App, viewer: &Viewer, name: &str) -> Result<Vec<String>> {
    let tenant = viewer.tenant();
    if !shipped_prompts().contains_key(name) {
        let drafts = app.store.list::<FlowDraft>(tenant).await?;
        let plays = |draft: &&FlowDraft| prompts_named(&draft.spec["definition"]).contains(name);
        let problem = |draft: &FlowDraft| Problem {
            kind: Kind::Prompt,
            name: name.to_owned(),
            field: String::new(),
            what: What::InUse(Kind::Flow, draft.name.clone(), "definition".into()),
        };
        let problems: Vec<Problem> = drafts.iter().filter(plays).map(problem).collect();
        if !problems.is_empty() {
            return Err(ApiError::of_settings(problems));
        }
    }
    let versions = app.store.prompt_versions(tenant, name).await?;
    let mut audio: Vec<String> = versions.into_iter().map(|version| version.audio).collect();
    if let Some(prompt) = app.store.get::<store::Prompt>(tenant, (tenant, name.to_owned())).await? {
        audio.extend(audio_of(&prompt).each().map(|(_, audio)| audio.to_owned()));
    }
    Ok(audio)
}
