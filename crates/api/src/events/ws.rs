//! The stream over a WebSocket: each event is one text message. What the reader sends is not heard.

use axum::extract::ws::{Message, WebSocket};

use super::{Feed, Frame};

/// Sends until either side leaves.
pub(crate) async fn serve(mut socket: WebSocket, mut feed: Feed) {
    loop {
        tokio::select! {
            frame = feed.next() => {
                let Some(frame) = frame else { break };
                if socket.send(message(&frame)).await.is_err() {
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
    let _ = socket.send(Message::Close(None)).await;
}

fn message(frame: &Frame) -> Message {
    match frame {
        Frame::Journal(_, event) | Frame::Passing(event) => {
            Message::Text(serde_json::to_string(event).unwrap_or_default().into())
        }
        Frame::Beat => Message::Ping(Default::default()),
    }
}
