//! Who holds connections without using them: an idle connection of HTTP/2, and one address with too many of any kind.

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::sync::watch;

/// A connection without a request for so long is closed; a page that needs another opens it within a round trip.
const IDLE: Duration = Duration::from_secs(120);

/// Requests under way over one connection: from the first byte of each to the last of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Requests(Arc<watch::Sender<usize>>);

/// One request under way.
struct UnderWay(Requests);

impl Requests {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// A request has come: gives its answer, which counts until its last byte has gone.
    pub(crate) async fn answered<E>(self, answer: impl Future<Output = Result<Response, E>>) -> Result<Response, E> {
        self.0.send_modify(|count| *count += 1);
        let under_way = UnderWay(self);
        let answer = answer.await?;
        Ok(answer.map(|body| Body::new(Counted { body, _under_way: under_way })))
    }

    /// Done when there has been no request for [`IDLE`].
    pub(crate) async fn idle(&self) {
        let mut count = self.0.subscribe();
        // The sender lives as long as we do, so that waiting never fails.
        while count.wait_for(|count| *count == 0).await.is_ok() {
            if tokio::time::timeout(IDLE, count.wait_for(|count| *count > 0)).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// A body that keeps its request under way.
struct Counted {
    body: Body,
    _under_way: UnderWay,
}

impl hyper::body::Body for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// How many connections each address has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Neighbours(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// A connection among those of its address.
#[derive(Debug)]
pub(crate) struct Neighbour {
    all: Neighbours,
    ip: IpAddr,
}

impl Neighbours {
    /// One more of an address; none where it has `most`.
    pub(crate) fn admit(&self, ip: IpAddr, most: usize) -> Option<Neighbour> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(ip).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Neighbour { all: self.clone(), ip })
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_room_back() {
        let neighbours = Neighbours::default();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let first = neighbours.admit(one, 2);
        let second = neighbours.admit(one, 2);
        assert!(first.is_some() && second.is_some() && neighbours.admit(one, 2).is_none());
        assert!(neighbours.admit(other, 2).is_some(), "others have room of their own");
        drop(first);
        assert!(neighbours.admit(one, 2).is_some());
        drop(second);
        assert!(neighbours.0.lock().unwrap().is_empty());
    }
}
