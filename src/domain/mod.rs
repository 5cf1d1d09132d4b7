//! The pure words and decisions of the press duty. Nothing here reads a clock, a file or a socket.

pub mod article;
pub mod calendar;
pub mod coverage;
pub mod date;
pub mod link;
pub mod month;
pub mod outlet;
pub mod reading;
pub mod relevance;
pub mod reprint;
pub mod review;
pub mod standing;
pub mod verdict;
pub mod visit;
