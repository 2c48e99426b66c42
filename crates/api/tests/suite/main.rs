//! What the interface promises, over a real socket, on a real store, journal and center.

mod account;
mod aftermath;
mod alerts;
mod border;
mod control;
mod desk;
mod errors;
mod events;
mod flows;
mod forwarding;
mod history;
mod http;
mod openapi;
mod outbound;
mod pages;
mod people;
mod phone;
mod plan;
mod prompts;
mod recordings;
mod rehearsals;
mod reports;
mod session;
mod settings;
mod voicemails;
mod world;
