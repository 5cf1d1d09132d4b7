//! Months as tables, drawn for people. Pure: rows in, text out.

pub mod board;
pub mod csv;
pub mod dossier;
mod dossier_page;
pub mod message;
pub mod seal;
pub mod spreadsheet;
pub mod verify;
