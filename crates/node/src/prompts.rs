//! Tenants' own prompts, on their way from the store to the threads that play them.

use std::sync::{Arc, Mutex, PoisonError};

use net::media::{MediaPool, PromptBank};
use net::prompts::Library;
use resource::{Kind, Problem, What, audio_of};
use store::Prompt;
use types::TenantId;

/// All sound of one tenant, in seconds: an hour holds 170 MB of memory with its coded forms.
const LIBRARY_S: u32 = 3_600;

/// What is played, and by whom.
pub(crate) struct Stage {
    library: Arc<Library>,
    media: Arc<MediaPool>,
    bank: Mutex<PromptBank>,
}

impl Stage {
    /// `bank` is what the media threads began with.
    pub(crate) fn new(library: Arc<Library>, media: Arc<MediaPool>, bank: PromptBank) -> Self {
        Self { library, media, bank: Mutex::new(bank) }
    }

    /// From now on a tenant's callers hear these. May read files and take CPU time; false when the media threads don't
    /// keep up, and the same has to be tried again.
    pub(crate) fn set(&self, tenant: TenantId, prompts: &[Prompt]) -> bool {
        let mut bank = self.bank.lock().unwrap_or_else(PoisonError::into_inner);
        set_own(&mut bank, &self.library, tenant, prompts);
        self.media.set_bank(&Arc::new(bank.clone())).is_ok()
    }

    /// What callers of all tenants hear under a name of the bank, as a WAV file.
    pub(crate) fn common(&self, name: &str) -> Option<Vec<u8>> {
        let bank = self.bank.lock().unwrap_or_else(PoisonError::into_inner).clone();
        net::prompts::common(&bank, name)
    }

    /// Whether all tenants' callers hear something under a name of the bank.
    pub(crate) fn has_common(&self, name: &str) -> bool {
        self.bank.lock().unwrap_or_else(PoisonError::into_inner).get(name).is_some()
    }
}

/// Puts a tenant's prompts into a bank.
pub(crate) fn set_own(bank: &mut PromptBank, library: &Library, tenant: TenantId, prompts: &[Prompt]) {
    let sounds: Vec<_> = prompts.iter().map(|prompt| (&prompt.name, audio_of(prompt))).collect();
    let names = sounds.iter().flat_map(|(name, audio)| {
        audio.each().map(move |(language, audio)| (format!("{language}/{name}"), audio)).collect::<Vec<_>>()
    });
    bank.set_own(tenant, library.own(tenant, names));
}

/// What is wrong with changed prompts: sound that is not there, or too much of it.
pub(crate) fn judge(library: &Library, before: &[Prompt], after: &[Prompt]) -> Vec<Problem> {
    let problem =
        |prompt: &Prompt, field: String, what| Problem { kind: Kind::Prompt, name: prompt.name.clone(), field, what };
    let changed = |prompt: &&Prompt| !before.contains(prompt);
    let mut problems = Vec::new();
    for prompt in after.iter().filter(changed) {
        let missing = |(_, audio): &(&str, &str)| library.length_ms(prompt.tenant, audio).is_none();
        let fields: Vec<_> = audio_of(prompt).each().filter(missing).map(|(language, _)| language).collect();
        problems.extend(fields.into_iter().map(|language| problem(prompt, format!("audio.{language}"), What::NoAudio)));
    }
    let length_ms = |prompt: &Prompt| -> u64 {
        audio_of(prompt).each().filter_map(|(_, audio)| library.length_ms(prompt.tenant, audio)).sum()
    };
    if let Some(last) = after.iter().rfind(changed)
        && after.iter().map(length_ms).sum::<u64>() > u64::from(LIBRARY_S) * 1000
    {
        problems.push(problem(last, "audio".to_owned(), What::TooMuchAudio(LIBRARY_S)));
    }
    problems
}
