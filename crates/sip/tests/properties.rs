//! What is printed is read again, and means the same.

use proptest::prelude::*;
use sip::header::name_addr::NameAddr;
use sip::header::via::Via;
use sip::params::{quote, unquote};
use sip::uri::{escape_header, escape_user, unescape};
use sip::{HeaderName, Message, MessageBuilder, Method, Uri};

const METHODS: [Method; 6] =
    [Method::Invite, Method::Bye, Method::Register, Method::Options, Method::Message, Method::Subscribe];

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}(\\.[a-z0-9-]{1,8}){0,2}",
        any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|ip| format!("[{ip}]")),
    ]
}

prop_compose! {
    fn uri()(
        scheme in prop_oneof!["sip", "sips", "SIP"],
        user in proptest::option::of("\\PC{1,12}"),
        host in host(),
        port in proptest::option::of(any::<u16>()),
        params in proptest::collection::btree_map("[a-z]{1,6}", proptest::option::of("[a-zA-Z0-9.:+-]{1,8}"), 0..3),
        header in proptest::option::of("[ -~]{0,12}"),
    ) -> String {
        let mut uri = format!("{scheme}:");
        if let Some(user) = user {
            uri += &format!("{}@", escape_user(&user));
        }
        uri += &host;
        if let Some(port) = port {
            uri += &format!(":{port}");
        }
        for (name, value) in params {
            uri += &format!(";{name}");
            if let Some(value) = value {
                uri += &format!("={value}");
            }
        }
        if let Some(header) = header {
            uri += &format!("?Subject={}", escape_header(&header));
        }
        uri
    }
}

/// The same URI in other clothes: case where it does not matter, escapes where they are not needed.
fn disguised(uri: &str) -> String {
    let parsed = Uri::parse(uri).unwrap();
    let user = parsed.user().map(|user| {
        let clothed: String = user
            .chars()
            .enumerate()
            .map(|(at, char)| {
                let inside_escape =
                    user[..user.char_indices().nth(at).unwrap().0].chars().rev().take(2).any(|c| c == '%');
                if char.is_ascii_alphanumeric() && !inside_escape {
                    format!("%{:02x}", char as u32)
                } else {
                    char.to_string()
                }
            })
            .collect();
        format!("{clothed}@")
    });
    let (scheme, rest) = uri.split_once(':').unwrap();
    let behind_user = rest.split_once('@').map_or(rest, |(_, behind)| behind);
    let host_end = behind_user.find([';', '?']).unwrap_or(behind_user.len());
    let (host, tail) = behind_user.split_at(host_end);
    format!("{}:{}{}{tail}", scheme.to_uppercase(), user.unwrap_or_default(), host.to_uppercase())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn uris_are_read_and_equal_themselves(text in uri()) {
        let uri = Uri::parse(&text).unwrap();
        prop_assert_eq!(uri.to_string(), text.clone());
        prop_assert!(uri.equivalent(&uri));
        let other = disguised(&text);
        let other = Uri::parse(&other).unwrap();
        prop_assert!(uri.equivalent(&other) && other.equivalent(&uri), "{} {}", text, other);
        prop_assert_eq!(uri.user_decoded(), other.user_decoded());
    }

    #[test]
    fn unequal_users_ports_and_deciding_parameters_tell(text in uri()) {
        let uri = Uri::parse(&text).unwrap();
        let headers = uri.headers().map_or(0, |headers| headers.len() + 1);
        let (head, tail) = text.split_at(text.len() - headers);
        let tcp = format!("{head};transport=tcp{tail}");
        prop_assert!(!uri.equivalent(&Uri::parse(&tcp).unwrap()));
        let lone = format!("{head};zzzzzzz=1{tail}");
        prop_assert!(uri.equivalent(&Uri::parse(&lone).unwrap()), "an unknown parameter on one side is overlooked");
    }

    #[test]
    fn escapes_and_quotes_come_off_again(text in "\\PC{0,20}") {
        let user = escape_user(&text);
        prop_assert_eq!(unescape(&user), text.as_str());
        let header = escape_header(&text);
        prop_assert_eq!(unescape(&header), text.as_str());
        let quoted = quote(&text);
        prop_assert_eq!(unquote(&quoted), text.as_str());
    }

    #[test]
    fn addresses_are_read(name in "\\PC{0,16}", uri in uri(), tag in "[a-z0-9]{1,8}", note in "\\PC{0,8}") {
        let text = format!("{} <{uri}>;tag={tag};note={}", quote(&name), quote(&note));
        let address = NameAddr::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(address.display_name(), name.as_str());
        prop_assert_eq!(address.uri.as_str(), uri.as_str());
        prop_assert_eq!(address.tag(), Some(tag.as_str()));
        prop_assert_eq!(address.params.unquoted("note").unwrap(), note.as_str());
    }

    #[test]
    fn vias_are_read(transport in prop_oneof!["UDP", "TCP", "WSS"], host in host(), port in 1u16.., branch in "[a-zA-Z0-9.]{1,10}") {
        let text = format!("SIP/2.0/{transport} {host}:{port};branch=z9hG4bK{branch};rport");
        let via = Via::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(via.transport, transport.as_str());
        prop_assert_eq!(via.port, Some(port));
        prop_assert_eq!(via.rport(), Some(None));
        prop_assert!(via.has_rfc3261_branch() && via.branch().ends_with(&branch));
    }

    #[test]
    fn messages_are_read(
        method in proptest::sample::select(&METHODS[..]),
        target in uri().prop_filter("headers are not for Request-URIs", |uri| !uri.contains('?')),
        from in uri(),
        number in any::<u32>(),
        routes in proptest::collection::vec(host(), 0..4),
        extra in "[!-~]([ -~]{0,20}[!-~])?",
        body in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut builder = MessageBuilder::request(method, &target)
            .via("UDP", "192.0.2.1:5060", "z9hG4bKx")
            .header(HeaderName::From, format_args!("<{from}>;tag=a"))
            .header(HeaderName::To, "<sip:b@c>")
            .header(HeaderName::CallId, "call@h")
            .header(HeaderName::CSeq, format_args!("{number} {method}"))
            .raw_header("X-Extra", extra.as_bytes());
        for route in &routes {
            builder = builder.header(HeaderName::Route, format_args!("<sip:{route};lr>"));
        }
        let raw = builder.finish_with("application/octet-stream", &body);
        let message = Message::parse(raw).unwrap();
        prop_assert_eq!(message.method(), Some(method));
        prop_assert_eq!(message.request_uri_text(), target.as_str());
        prop_assert_eq!(message.from().unwrap().uri.as_str(), from.as_str());
        prop_assert_eq!(message.cseq().unwrap().number, number);
        prop_assert_eq!(message.addresses(HeaderName::Route).count(), routes.len());
        prop_assert_eq!(message.header_named("x-extra"), Some(extra.as_bytes()));
        prop_assert_eq!(message.body(), &body[..]);
        let again = Message::parse(message.print()).unwrap();
        prop_assert_eq!(again.print(), message.print());

        let source = "198.51.100.9:40000".parse().unwrap();
        let reply = Message::parse(MessageBuilder::reply_to(&message, 200, Some("t"), Some(source)).finish()).unwrap();
        prop_assert_eq!(reply.status(), Some(200));
        prop_assert_eq!((reply.call_id(), reply.cseq().unwrap()), (message.call_id(), message.cseq().unwrap()));
        prop_assert_eq!((reply.from_tag(), reply.to_tag()), (Some("a"), Some("t")));
        let via = reply.top_via().unwrap();
        prop_assert_eq!((via.received(), via.rport()), (Some(source.ip()), Some(Some(40000))));
        prop_assert_eq!(via.branch(), message.top_via().unwrap().branch());
    }
}

#[test]
fn a_header_value_never_opens_a_line() {
    let raw = sip::MessageBuilder::request(sip::Method::Message, "sip:a@b\r\nX: y")
        .header(HeaderName::Subject, "hello\r\nVia: SIP/2.0/UDP evil")
        .raw_header("X-Note", b"a\nb\rc")
        .raw_header("Bad Name\r\n", b"x")
        .finish();
    let text = String::from_utf8(raw).unwrap();
    assert_eq!(text.matches("\r\n").count(), 5, "{text}");
    assert_eq!(text.matches(['\r', '\n']).count(), 10, "{text}");
}
