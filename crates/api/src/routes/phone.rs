//! A browser's telephone: what it signs in with, and its line.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::auth::refuse_other_sites;
use crate::backend::PhoneLine;
use crate::dto::{ErrorBody, PhoneCredentials};
use crate::error::{ApiError, Code, Result};
use crate::serve::Secured;
use crate::state::{App, now};
use crate::viewer::Viewer;

/// The subprotocol of SIP (RFC 7118 section 4.1).
const PROTOCOL: &str = "sip";
/// The longest SIP message that is read.
const MESSAGE_BYTES: usize = 64 << 10;
/// How often the browser is asked whether it is there: less than the half minute after which routers forget.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A browser that takes nothing for so long is given up.
const SENT_WITHIN: Duration = Duration::from_secs(10);
/// Questions without an answer after which the connection counts as dead. Telephony behind it finds out by itself.
const PINGS_UNHEARD: u32 = 2;
/// A keep-alive of RFC 5626 section 3.5.1 and its answer, where a browser's library sends them as frames.
const PING: &[u8] = b"\r\n\r\n";
const PONG: &[u8] = b"\r\n";

/// A user name and a password with which this person's browser registers as a telephone; fetched again before they end.
#[utoipa::path(post, path = "/api/v1/phone/credentials", tag = "phone",
    responses((status = 200, body = PhoneCredentials), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody, description = "The person is no agent"),
        (status = 409, body = ErrorBody, description = "The agent has no telephone"),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn phone_credentials(State(app): State<App>, viewer: Viewer) -> Result<Json<PhoneCredentials>> {
    let agent = viewer.user.agent.ok_or(Code::Forbidden)?;
    let credentials = app.backend.phone_credentials(viewer.tenant(), agent).await?;
    Ok(Json(PhoneCredentials::new(credentials, app.relay.as_ref(), now())))
}

/// SIP over WebSocket (RFC 7118): one message a frame. SIP itself asks who is there.
#[utoipa::path(get, path = "/sip", tag = "phone", security(()),
    responses((status = 101), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn phone_line(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    secured: Option<Extension<Secured>>,
    headers: HeaderMap,
    upgrade: std::result::Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response> {
    refuse_other_sites(&headers)?;
    let upgrade = upgrade.map_err(|_| Code::BadRequest)?;
    if !speaks_sip(&headers) {
        return Err(ApiError::field(Code::BadValue, "Sec-WebSocket-Protocol"));
    }
    let secure = secured.is_some_and(|Extension(Secured(secure))| secure);
    let line = app.backend.phone_line(secure, peer).ok_or(Code::Unavailable)?;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(MESSAGE_BYTES).max_frame_size(MESSAGE_BYTES);
    Ok(upgrade.on_upgrade(|socket| carry(socket, line)))
}

fn speaks_sip(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let names = offers.filter_map(|value: &HeaderValue| value.to_str().ok()).flat_map(|value| value.split(','));
    names.into_iter().any(|name| name.trim().eq_ignore_ascii_case(PROTOCOL))
}

/// Carries messages both ways until either side leaves.
async fn carry(mut socket: WebSocket, mut line: Box<dyn PhoneLine>) {
    let mut pings = pings();
    let mut unheard = 0;
    loop {
        tokio::select! {
            out = line.next() => {
                let Some(bytes) = out else { break };
                if !sent(&mut socket, frame(bytes)).await {
                    return;
                }
            }
            heard = socket.recv() => {
                unheard = 0;
                let message = match heard {
                    Some(Ok(Message::Text(text))) => Bytes::from(text),
                    Some(Ok(Message::Binary(bytes))) => bytes,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                if message == PING {
                    if !sent(&mut socket, frame(PONG.into())).await {
                        return;
                    }
                } else if !message.iter().all(u8::is_ascii_whitespace) && !line.hear(message) {
                    break;
                }
            }
            _ = pings.tick() => {
                unheard += 1;
                if unheard > PINGS_UNHEARD || !sent(&mut socket, Message::Ping(Bytes::new())).await {
                    return;
                }
            }
        }
    }
    // The browser may have gone first.
    sent(&mut socket, Message::Close(None)).await;
}

/// Whether the browser took it in time: one that does not read would hold the line for ever.
async fn sent(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SENT_WITHIN, socket.send(message)).await, Ok(Ok(())))
}

fn pings() -> Interval {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings
}

/// As text where it is text, which is what browsers' developer tools show.
fn frame(bytes: Bytes) -> Message {
    match axum::extract::ws::Utf8Bytes::try_from(bytes.clone()) {
        Ok(text) => Message::Text(text),
        Err(_) => Message::Binary(bytes),
    }
}
