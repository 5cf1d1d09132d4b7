//! Months as tables, drawn for people. Pure: rows in, text out.

pub mod board;
pub mod csv;
pub mod docx;
pub mod dossier;
mod dossier_page;
mod face;
pub mod letter;
mod measure;
pub mod message;
pub mod paper;
pub mod pdf;
pub mod seal;
pub mod spreadsheet;
mod typeset;
pub mod verify;
