//! The library of prompts.

use std::collections::HashMap;
use std::io;
use std::sync::Mutex;

use api::{KeptSound, NoSound, PromptLibrary};
use serde_json::json;
use speech::{Language, Speaker, SpeechError, Wav};
use types::TenantId;

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, BETA, World};

/// Takes what begins with "sound", and what was spoken, by its bytes; of what ships it has one greeting.
#[derive(Default)]
pub(crate) struct Spoken(Mutex<HashMap<(TenantId, String), Vec<u8>>>);

impl PromptLibrary for Spoken {
    fn keep(&self, tenant: TenantId, upload: Vec<u8>, music: bool) -> Result<KeptSound, NoSound> {
        match &upload[..] {
            b"long" => return Err(NoSound::TooLong),
            b"silent" => return Err(NoSound::Silent),
            other if !other.starts_with(b"sound") && !other.starts_with(b"RIFF") => return Err(NoSound::Unknown),
            _ => {}
        }
        let audio = format!("{:063x}{}", upload.iter().map(|b| u64::from(*b)).sum::<u64>(), u8::from(music));
        self.0.lock().unwrap().insert((tenant, audio.clone()), upload);
        Ok(KeptSound { audio, length_ms: 1_500 })
    }

    fn read(&self, tenant: TenantId, audio: &str) -> io::Result<Vec<u8>> {
        self.0.lock().unwrap().get(&(tenant, audio.to_owned())).cloned().ok_or(io::ErrorKind::NotFound.into())
    }

    fn forget(&self, tenant: TenantId, audio: &str) {
        self.0.lock().unwrap().remove(&(tenant, audio.to_owned()));
    }

    fn common(&self, name: &str) -> Option<Vec<u8>> {
        self.has_common(name).then(|| b"ships".to_vec())
    }

    fn has_common(&self, name: &str) -> bool {
        name == "zh/greeting_main"
    }

    fn longest_s(&self) -> u32 {
        600
    }
}

/// Speaks each text as a sound of its own.
pub(crate) struct Voice;

impl Speaker for Voice {
    fn is_ready(&self) -> bool {
        true
    }

    fn say(&self, text: &str, _: Language) -> Result<speech::Spoken, SpeechError> {
        let text = speech::speakable(text)?;
        if text == "missing" {
            return Err(SpeechError::NotInstalled("voice".to_owned()));
        }
        let header = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
        let bytes = header.iter().copied().chain(text.bytes().map(|b| b / 2)).collect();
        Ok(speech::Spoken { wav: Wav::from_pipe(bytes).expect("sound"), voice: "voice".to_owned() })
    }
}

const NAME: &str = "/api/v1/prompts/welcome/sounds/zh";

async fn upload(world: &World, token: &str, path: &str, body: &str) -> Reply {
    let mut ask = Ask::new("PUT", path).token(token).header("content-type", "audio/wav");
    ask.body = Some(body.to_owned());
    world.ask(ask).await
}

/// The flow `hello` plays a prompt; published, or as a draft.
async fn plays(world: &World, token: &str, prompt: &str, draft: bool) -> Reply {
    let nodes = json!({"bye": {"kind": "hangup", "prompt": prompt}});
    let definition =
        json!({"version": 1, "id": "hello", "name": "Hello", "language": "zh", "start": "bye", "nodes": nodes});
    let body = json!({"spec": {"definition": definition}});
    let (method, path) =
        if draft { ("PUT", "/api/v1/flows/hello/draft") } else { ("PUT", "/api/v1/settings/flow/hello") };
    world.ask(Ask::new(method, path).token(token).json(&body)).await
}

async fn delete(world: &World, token: &str) -> Reply {
    world.ask(Ask::new("DELETE", "/api/v1/settings/prompt/welcome").token(token)).await
}

#[tokio::test]
async fn a_prompt_has_versions_and_says_what_is_wrong_with_a_file() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    for (file, code) in [("text", "unknown_sound"), ("long", "long_sound"), ("silent", "silent_sound")] {
        assert_eq!(upload(&world, &token, NAME, file).await.error().1, code);
    }
    assert_eq!(world.get(&token, "/api/v1/prompts/welcome").await.status, 404, "what was refused leaves nothing");
    let first = upload(&world, &token, &format!("{NAME}?file=a.mp3"), "sound 1").await;
    assert_eq!(first.status, 200, "{}", first.text());
    let second = upload(&world, &token, NAME, "sound 2").await.json();
    let take = |at: usize| (&second["versions"][at]["version"], &second["versions"][at]["current"]);
    assert_eq!((take(0), take(1)), ((&json!(2), &json!(true)), (&json!(1), &json!(false))), "{second}");
    assert_eq!(second["versions"][1]["source"], "a.mp3");
    assert_eq!(world.get(&token, NAME).await.text(), "sound 2");
    // The old one is heard again, and is no new version.
    let old = &second["versions"][1]["audio"];
    let spec = json!({"spec": {"title": {"zh": "欢迎", "en": ""}, "audio": {"zh": old}}});
    let put = world.ask(Ask::new("PUT", "/api/v1/settings/prompt/welcome").token(&token).json(&spec)).await;
    assert_eq!(put.status, 200, "{}", put.text());
    assert_eq!(world.get(&token, NAME).await.text(), "sound 1");
    let again = upload(&world, &token, NAME, "sound 1").await.json();
    assert_eq!(again["versions"].as_array().map(Vec::len), Some(2), "{again}");
    assert_eq!(again["title"]["zh"], "欢迎", "{again}");
}

#[tokio::test]
async fn a_prompt_that_is_played_does_not_go() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let made = upload(&world, &token, NAME, "sound 1").await.json();
    assert_eq!(plays(&world, &token, "welcome", false).await.status, 201);
    let refused = delete(&world, &token).await;
    assert_eq!(refused.error().1, "in_use");
    assert_eq!(refused.json()["error"]["problems"][0]["name"], "hello");
    assert_eq!(plays(&world, &token, "no_agent", false).await.status, 200);
    assert_eq!(plays(&world, &token, "welcome", true).await.status, 200);
    assert_eq!(delete(&world, &token).await.error().1, "in_use", "a draft counts");
    let used = &world.get(&token, "/api/v1/prompts/welcome").await.json()["used_by"];
    assert_eq!(used, &json!([{"kind": "flow", "name": "hello", "draft": true}]));
    assert_eq!(plays(&world, &token, "no_agent", true).await.status, 200);
    assert_eq!(delete(&world, &token).await.status, 204);
    let audio = made["versions"][0]["audio"].as_str().unwrap();
    assert_eq!(
        world.get(&token, format!("/api/v1/prompt-audio/{audio}")).await.status,
        404,
        "the file is gone as well"
    );
    // What ships stands under its name: one's own may go though flows name it.
    let own = "/api/v1/prompts/greeting_main/sounds/zh";
    assert_eq!(world.get(&token, own).await.text(), "ships");
    assert_eq!(upload(&world, &token, own, "sound 3").await.status, 200);
    assert_eq!(plays(&world, &token, "greeting_main", false).await.status, 200);
    let gone = world.ask(Ask::new("DELETE", "/api/v1/settings/prompt/greeting_main").token(&token)).await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(world.get(&token, own).await.text(), "ships");
}

#[tokio::test]
async fn prompts_of_one_tenant_are_nothing_to_another() {
    let world = World::start().await;
    let (alpha, beta) = (world.login(ALPHA, "admin").await, world.login(BETA, "admin").await);
    let made = upload(&world, &alpha, NAME, "sound 1").await.json();
    let audio = format!("/api/v1/prompt-audio/{}", made["versions"][0]["audio"].as_str().unwrap());
    assert_eq!(world.get(&alpha, &audio).await.text(), "sound 1");
    for path in [NAME, "/api/v1/prompts/welcome", &audio] {
        assert_eq!(world.get(&beta, path).await.status, 404, "{path}");
    }
    let names = world.get(&beta, "/api/v1/prompts").await.text();
    assert!(names.contains("greeting_main") && !names.contains("\"welcome\""));
    // Whoever takes calls neither reads nor writes settings.
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(upload(&world, &agent, NAME, "sound 2").await.status, 403);
    assert_eq!(world.get(&agent, NAME).await.status, 403);
}

#[tokio::test]
async fn a_text_is_spoken_and_kept_with_its_words() {
    let world = World::start().await;
    let token = world.login(ALPHA, "admin").await;
    let speak = async |token: &str, text: &str| {
        let ask = Ask::new("POST", format!("{NAME}/speech")).token(token).json(&json!({"text": text}));
        world.ask(ask).await
    };
    let listed = world.get(&token, "/api/v1/prompts".to_owned()).await.json();
    assert_eq!(listed["speaks"], true, "{listed}");
    let spoken = speak(&token, " 欢迎致电。 ").await;
    assert_eq!(spoken.status, 200, "{}", spoken.text());
    let detail = spoken.json();
    assert_eq!((&detail["words"]["zh"], &detail["words"]["en"]), (&json!("欢迎致电。"), &json!("")), "{detail}");
    assert_eq!(detail["versions"][0]["source"], "voice", "{detail}");
    assert_eq!(detail["versions"][0]["current"], true, "{detail}");
    // The same text is the same sound, and no other version.
    assert_eq!(speak(&token, "欢迎致电。").await.json()["versions"].as_array().map(Vec::len), Some(1));
    let anew = speak(&token, "您好。").await.json();
    assert_eq!(anew["versions"].as_array().map(Vec::len), Some(2), "{anew}");
    for (text, status, field) in [("……", 400, json!("text")), ("missing", 503, json!(null))] {
        let refused = speak(&token, text).await;
        assert_eq!((refused.status, &refused.json()["error"]["field"]), (status, &field), "{}", refused.text());
    }
    let agent = world.login(ALPHA, "agent").await;
    assert_eq!(speak(&agent, "您好。").await.status, 403);
    let music = Ask::new("POST", "/api/v1/prompts/welcome/sounds/music/speech").token(&token);
    assert_eq!(world.ask(music.json(&json!({"text": "la"}))).await.status, 404);
}
