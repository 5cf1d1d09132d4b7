//! The pure words and decisions of the press duty. Nothing here reads a clock, a file or a socket.

pub mod article;
pub mod audit;
pub mod backfill;
pub mod calendar;
pub mod capture;
pub mod clock;
pub mod closing;
pub mod confirmation;
pub mod control;
pub mod coverage;
pub mod date;
pub mod digest;
pub mod dossier;
pub mod hand_check;
pub mod link;
pub mod month;
pub mod near_miss;
pub mod off_web;
pub mod officer;
pub mod outlet;
pub mod relevance;
pub mod review;
pub mod ruling;
pub mod uptime;
pub mod verdict;
pub mod visit;
