//! Months as tables, drawn for people. Pure: rows in, text out.

pub mod board;
