//! The center as its users see it: legs report, people order, commands and events come out.

mod again;
mod agents;
mod announcements;
mod chaos;
mod conference;
mod control;
mod direct;
mod ends;
mod expired;
mod forwarding;
mod lab;
mod lamps;
mod outside;
mod pages;
mod parking;
mod priorities;
mod queue;
mod record;
mod reload;
mod remembering;
mod replay;
mod supervising;
mod tenants;
mod together;
mod transfer;
mod voicemail;
