//! Months as tables, drawn for people. Pure: rows in, text out.

pub mod board;
pub mod dossier;
mod dossier_page;
pub mod seal;
pub mod table;
pub mod verify;
