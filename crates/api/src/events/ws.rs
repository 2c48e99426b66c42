//! The stream over a WebSocket: each event is one text message. What the reader sends is not heard.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use tokio::time::timeout;

use super::{Feed, Frame};

/// A reader that takes nothing for so long is given up; it resumes by its cursor.
const SENT_WITHIN: Duration = Duration::from_secs(10);

/// Sends until either side leaves.
pub(crate) async fn serve(mut socket: WebSocket, mut feed: Feed) {
    loop {
        tokio::select! {
            frame = feed.next() => {
                let Some(frame) = frame else { break };
                let sent = timeout(SENT_WITHIN, socket.send(message(&frame))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
    // The reader may have gone first.
    let _ = timeout(SENT_WITHIN, socket.send(Message::Close(None))).await;
}

fn message(frame: &Frame) -> Message {
    match frame {
        Frame::Journal(_, event) | Frame::Passing(event) => {
            Message::Text(serde_json::to_string(event).unwrap_or_default().into())
        }
        Frame::Beat => Message::Ping(Default::default()),
    }
}
