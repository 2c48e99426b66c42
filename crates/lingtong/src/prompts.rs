//! The sound of prompts, as the API sees it.

use std::io;

use api::{KeptSound, NoSound, PromptLibrary};
use node::{Handle, KeepError, Kept, MAX_UPLOAD_S, Sounds, UploadError};
use types::TenantId;

/// The library of a node.
pub(crate) struct PromptFiles(pub(crate) Handle);

impl PromptLibrary for PromptFiles {
    fn keep(&self, tenant: TenantId, upload: Vec<u8>, music: bool) -> Result<KeptSound, NoSound> {
        let sounds = if music { Sounds::Music } else { Sounds::Speech };
        match self.0.library.keep(tenant, upload, sounds) {
            Ok(Kept { audio, length_ms }) => Ok(KeptSound { audio, length_ms }),
            Err(KeepError::Upload(UploadError::Unknown | UploadError::Unsupported(_))) => Err(NoSound::Unknown),
            Err(KeepError::Upload(UploadError::Damaged(_))) => Err(NoSound::Damaged),
            Err(KeepError::Upload(UploadError::TooLong)) => Err(NoSound::TooLong),
            Err(KeepError::Upload(UploadError::Silent)) => Err(NoSound::Silent),
            Err(error) => Err(NoSound::Failed(error.to_string())),
        }
    }

    fn read(&self, tenant: TenantId, audio: &str) -> io::Result<Vec<u8>> {
        self.0.library.read(tenant, audio)
    }

    fn forget(&self, tenant: TenantId, audio: &str) {
        self.0.library.forget(tenant, audio);
    }

    fn common(&self, name: &str) -> Option<Vec<u8>> {
        self.0.common_prompt(name)
    }

    fn has_common(&self, name: &str) -> bool {
        self.0.has_common_prompt(name)
    }

    fn longest_s(&self) -> u32 {
        MAX_UPLOAD_S
    }
}
