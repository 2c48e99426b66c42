//! A browser's telephone.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::http::{Ask, Reply};
use crate::world::{ALPHA, RELAY, World};

async fn credentials(world: &World, token: Option<&str>) -> Reply {
    let ask = Ask::new("POST", "/api/v1/phone/credentials");
    world.ask(token.into_iter().fold(ask, |ask, token| ask.token(token))).await
}

#[tokio::test]
async fn an_agent_gets_credentials_of_the_own_device_and_nobody_else_does() {
    let world = World::start().await;
    let agent = world.login(ALPHA, "agent").await;
    let reply = credentials(&world, Some(&agent)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let told = reply.json();
    let username = told["username"].as_str().unwrap();
    assert!(username.contains('~') && told["uri"].as_str().unwrap().starts_with("sip:"));
    assert_eq!(told["ws_url"], "/sip");
    assert!(told["expires_in_s"].as_u64().unwrap() > 0 && !told["password"].as_str().unwrap().is_empty());
    let relay = &told["ice_servers"][0];
    assert_eq!((&relay["urls"][0], &told["relay_only"]), (&RELAY.into(), &true.into()));
    let (until, device) = relay["username"].as_str().unwrap().split_once(':').unwrap();
    assert!(device.contains('@') && until.parse::<i64>().is_ok(), "{relay}");
    let supervisor = world.login(ALPHA, "super").await;
    assert_eq!(credentials(&world, Some(&supervisor)).await.status, 403, "no agent");
    assert_eq!(credentials(&world, None).await.status, 401);
}

async fn connect(
    world: &World,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
    let mut request = format!("ws://{}/sip", world.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let (socket, reply) = tokio_tungstenite::connect_async(request).await?;
    assert_eq!(reply.headers()["sec-websocket-protocol"], "sip");
    Ok(socket)
}

#[tokio::test]
async fn messages_go_both_ways_one_a_frame_as_text_or_not() {
    let world = World::start().await;
    let mut socket = connect(&world, &[("sec-websocket-protocol", "chat, sip")]).await.unwrap();
    let odd = Message::Binary(b"OPTIONS sip:\xff SIP/2.0\r\n\r\n"[..].into());
    for message in [Message::text("OPTIONS sip:a SIP/2.0\r\n\r\n"), odd] {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    socket.send(Message::text("\r\n\r\n")).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("\r\n"), "a keep-alive is answered here");
    socket.send(Message::text("goodbye")).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))), "who is not heard is sent away");
}

#[tokio::test]
async fn a_line_is_refused_to_other_protocols_and_sites() {
    let world = World::start().await;
    for (headers, status) in [
        (&[][..], 400),
        (&[("sec-websocket-protocol", "xmpp")][..], 400),
        (
            &[("sec-websocket-protocol", "sip"), ("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere")][..],
            403,
        ),
    ] {
        let refused = connect(&world, headers).await;
        assert!(matches!(&refused, Err(Error::Http(reply)) if reply.status() == status), "{headers:?}: {refused:?}");
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_line() {
    let world = World::start().await;
    let mut socket = connect(&world, &[("sec-websocket-protocol", "sip")]).await.unwrap();
    socket.send(Message::text("x".repeat(70_000))).await.unwrap();
    assert!(!matches!(socket.next().await, Some(Ok(Message::Text(_) | Message::Binary(_)))));
}
