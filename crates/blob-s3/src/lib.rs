//! Large objects on S3, or on what speaks as it does: MinIO, Ceph, Garage, the clouds' own.
//!
//! Objects up to [`PART`] bytes go in one request, larger ones in parts that become an object only when all of them
//! are there. Each request is tried a few times; what fails then is the caller's to try later.

use std::io::{self, Read};
use std::ops::Range;
use std::time::Duration;

use blob::{Blobs, Error, Key, LIST_MAX, Listed};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, GetRange, MultipartUpload, ObjectStore, PutPayload, RetryConfig};
use tokio::runtime::Handle;
use types::Private;

/// Bytes of a part: S3 takes parts of 5 MiB and more, and 10,000 of them, so an object may have 78 GiB.
const PART: usize = 8 << 20;
/// How long a request may last: a part over a line of 3 Mbit/s.
const REQUEST: Duration = Duration::from_secs(30);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How often a request is tried again, and how long at most in all.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(40);

/// Where the objects are.
#[derive(Clone, Debug)]
pub struct Place {
    /// The server, `https://…`; Amazon's own where it is absent. Plain HTTP is spoken where it says so.
    pub endpoint: Option<String>,
    /// The region, such as `cn-north-1`.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// A folder in it; the whole bucket where it is empty.
    pub folder: String,
    /// The access key's name.
    pub access_key: String,
    /// The access key's secret.
    pub secret_key: Private<String>,
}

/// The place can't be used as it is described.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadPlace(String);

/// A bucket, or a folder in one.
pub struct S3 {
    store: AmazonS3,
    folder: String,
    runtime: Handle,
}

impl S3 {
    /// Makes the way to a bucket; nothing is asked yet. Requests run on the runtime of `runtime`.
    ///
    /// # Errors
    /// When the description is not right.
    pub fn new(place: &Place, runtime: Handle) -> Result<Self, BadPlace> {
        let folder = place.folder.trim_matches('/').to_owned();
        if !folder.is_empty() && folder.parse::<Key>().is_err() {
            return Err(BadPlace(format!("the folder `{folder}` has signs that no key may have")));
        }
        let plain = place.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let client = ClientOptions::new().with_timeout(REQUEST).with_connect_timeout(CONNECT).with_allow_http(plain);
        let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_FOR, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_client_options(client)
            .with_retry(retry)
            .with_region(&place.region)
            .with_bucket_name(&place.bucket)
            .with_access_key_id(&place.access_key)
            .with_secret_access_key(place.secret_key.reveal());
        if let Some(endpoint) = &place.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder.build().map_err(|e| BadPlace(e.to_string()))?;
        Ok(Self { store, folder, runtime })
    }

    fn path(&self, key: &Key) -> Path {
        Path::from(self.whole(key.as_str()))
    }

    /// The name within the bucket.
    fn whole(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// Puts in parts; what was put is taken back when one fails.
    fn put_parts(&self, key: &Key, first: Vec<u8>, body: &mut dyn Read) -> Result<u64, Error> {
        let failed = |e| told(key, e);
        let mut upload = self.runtime.block_on(self.store.put_multipart(&self.path(key))).map_err(failed)?;
        let sent = self.send_parts(key, upload.as_mut(), first, body);
        match sent {
            Ok(bytes) => {
                self.runtime.block_on(upload.complete()).map_err(failed)?;
                Ok(bytes)
            }
            Err(error) => {
                // Parts that stay are cleared by the bucket's own rule; nobody sees them.
                let _ = self.runtime.block_on(upload.abort());
                Err(error)
            }
        }
    }

    fn send_parts(
        &self,
        key: &Key,
        upload: &mut dyn MultipartUpload,
        first: Vec<u8>,
        body: &mut dyn Read,
    ) -> Result<u64, Error> {
        let (mut part, mut bytes) = (first, 0);
        while !part.is_empty() {
            bytes += part.len() as u64;
            let sent = upload.put_part(PutPayload::from(part));
            self.runtime.block_on(sent).map_err(|e| told(key, e))?;
            part = next_part(body)?;
        }
        Ok(bytes)
    }
}

/// As much as fills a part; less only at the end.
fn next_part(body: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let mut part = Vec::new();
    body.take(PART as u64).read_to_end(&mut part).map_err(Error::Source)?;
    Ok(part)
}

impl Blobs for S3 {
    fn put(&self, key: &Key, body: &mut dyn Read) -> Result<u64, Error> {
        let first = next_part(body)?;
        if first.len() == PART {
            return self.put_parts(key, first, body);
        }
        let bytes = first.len() as u64;
        let path = self.path(key);
        self.runtime.block_on(self.store.put(&path, PutPayload::from(first))).map_err(|e| told(key, e))?;
        Ok(bytes)
    }

    fn get(&self, key: &Key, range: Range<u64>) -> Result<Box<dyn Read + Send>, Error> {
        let empty = |this: &Self| this.head(key).map(|_| Box::new(io::empty()) as Box<dyn Read + Send>);
        if range.is_empty() {
            return empty(self);
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        match self.runtime.block_on(self.store.get_opts(&self.path(key), options)) {
            Ok(found) => {
                let stream = found.into_stream();
                Ok(Box::new(Body { stream, ready: Bytes::new(), runtime: self.runtime.clone() }))
            }
            Err(error @ object_store::Error::NotFound { .. }) => Err(told(key, error)),
            // Each server refuses a range behind the end in its own words.
            Err(error) => match self.head(key) {
                Ok(length) if range.start >= length => Ok(Box::new(io::empty())),
                Ok(_) => Err(told(key, error)),
                Err(error) => Err(error),
            },
        }
    }

    fn head(&self, key: &Key) -> Result<u64, Error> {
        let meta = self.runtime.block_on(self.store.head(&self.path(key))).map_err(|e| told(key, e))?;
        Ok(meta.size)
    }

    fn list(&self, folder: &str, after: Option<&Key>, limit: usize) -> Result<Vec<Listed>, Error> {
        let limit = limit.min(LIST_MAX);
        let prefix = Path::from(self.whole(folder.trim_matches('/')));
        let found = match after {
            Some(after) => self.store.list_with_offset(Some(&prefix), &self.path(after)),
            None => self.store.list(Some(&prefix)),
        };
        let skip = if self.folder.is_empty() { 0 } else { self.folder.len() + 1 };
        self.runtime.block_on(async {
            let mut found = found;
            let mut listed = Vec::new();
            while listed.len() < limit {
                let Some(object) = found.next().await else { break };
                let object = object.map_err(failed)?;
                // What others keep in the bucket is not ours.
                if let Some(Ok(key)) = object.location.as_ref().get(skip..).map(str::parse) {
                    listed.push(Listed { key, bytes: object.size });
                }
            }
            Ok(listed)
        })
    }

    fn delete(&self, key: &Key) -> Result<(), Error> {
        match self.runtime.block_on(self.store.delete(&self.path(key))) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(told(key, error)),
        }
    }
}

/// An object as it arrives.
struct Body {
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    ready: Bytes,
    runtime: Handle,
}

impl Read for Body {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() {
            match self.runtime.block_on(self.stream.next()) {
                Some(Ok(bytes)) => self.ready = bytes,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let n = out.len().min(self.ready.len());
        out[..n].copy_from_slice(&self.ready.split_to(n));
        Ok(n)
    }
}

fn told(key: &Key, error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::NotFound(key.clone()),
        other => failed(other),
    }
}

fn failed(error: object_store::Error) -> Error {
    match error {
        object_store::Error::PermissionDenied { source, .. } | object_store::Error::Unauthenticated { source, .. } => {
            Error::Denied(source.to_string())
        }
        other => Error::Unavailable(other.to_string()),
    }
}
