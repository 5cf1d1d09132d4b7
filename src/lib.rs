//! Điểm Báo watches a province's press and proves, month by month, whether each outlet published on preventing
//! human trafficking. The rooms and floors of this crate are drawn in ARCHITECTURE.md.

pub mod app;
pub mod archive;
pub mod cli;
pub mod config;
pub mod domain;
pub mod extract;
pub mod fetch;
pub mod jobs;
pub mod mail;
pub mod rehearsal;
pub mod report;
pub mod search;
pub mod store;
pub mod text;
pub mod web;
pub mod webhook;
