//! The stream as server-sent events.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures_util::stream::unfold;

use super::{Feed, Frame};

/// Before the first event: tells the reader that it is connected, and when to come again after a break.
const HELLO: &[u8] = b": connected\nretry: 2000\n\n";
const BEAT: &[u8] = b": keep-alive\n\n";

/// The body of an answer that goes on until the reader leaves.
pub(crate) fn body(feed: Feed) -> Body {
    Body::from_stream(unfold((Some(HELLO), feed), |(hello, mut feed)| async move {
        let bytes = match hello {
            Some(hello) => Bytes::from_static(hello),
            None => encoded(&feed.next().await?),
        };
        Some((Ok::<_, Infallible>(bytes), (None, feed)))
    }))
}

fn encoded(frame: &Frame) -> Bytes {
    let (id, event) = match frame {
        Frame::Journal(seq, event) => (format!("id: {seq}\n"), event),
        Frame::Passing(event) => (String::new(), event),
        Frame::Beat => return Bytes::from_static(BEAT),
    };
    // Plain data: nothing in it can fail to become JSON.
    let json = serde_json::to_string(event).unwrap_or_default();
    Bytes::from(format!("{id}event: {}\ndata: {json}\n\n", event.name()))
}
