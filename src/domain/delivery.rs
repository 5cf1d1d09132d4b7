//! What became of one attempt to hand on a message.

use std::{error::Error, fmt::Display};

/// The end of one attempt, whichever way the message went.
///
/// Texts in it may come from a server and are shown to officers: the functions below cut them and clear them of control
/// characters. Build values with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Taken over by the other side.
    Sent {
        /// What it answered.
        reply: String,
        /// The recipients that it refused for good, while it took the others.
        refused: Vec<Refusal>,
    },
    /// Nothing was delivered; it may be tried again.
    Later { why: String },
    /// Nothing was delivered, and trying the same again would change nothing.
    Refused { why: String },
    /// It may have been delivered. An officer decides; sending again blindly could deliver it twice.
    Unsure { why: String },
}

/// One recipient that a server refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The address as it was asked for.
    pub recipient: String,
    pub why: String,
}

/// Longest text that is kept of a server's words, in letters. An SMTP line has at most 510 (RFC 5321 section 4.5.3.1.5).
pub const TEXT_LETTERS_MAX: usize = 500;

impl Delivery {
    /// The other side took the message over.
    pub fn sent(reply: impl Display, refused: Vec<Refusal>) -> Self {
        Self::Sent { reply: cleared(reply), refused }
    }

    /// Nothing was delivered; it may be tried again.
    pub fn later(why: impl Display) -> Self {
        Self::Later { why: cleared(why) }
    }

    /// Nothing was delivered and nothing will be.
    pub fn refused(why: impl Display) -> Self {
        Self::Refused { why: cleared(why) }
    }

    /// Nobody knows whether it was delivered.
    pub fn unsure(why: impl Display) -> Self {
        Self::Unsure { why: cleared(why) }
    }
}

impl Refusal {
    /// A recipient and what the server said of it.
    pub fn new(recipient: impl Display, why: impl Display) -> Self {
        Self { recipient: cleared(recipient), why: cleared(why) }
    }
}

/// An error and what lies behind it, in one sentence.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        text = format!("{text}: {cause}");
        behind = cause.source();
    }
    text
}

/// On one line, without control characters and marks that turn the direction of writing, and not too long.
fn cleared(text: impl Display) -> String {
    let text: String = text.to_string().chars().map(|it| if it.is_control() || turns_writing(it) { ' ' } else { it }).collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(TEXT_LETTERS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// Marks that make a text read otherwise than it is stored (Unicode bidirectional overrides and isolates).
fn turns_writing(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_stand_on_one_line_without_control_characters() {
        let delivery = Delivery::later("451 4.3.0\r\n\u{1b}[31mHãy thử lại\u{202e}\0 sau");
        assert_eq!(delivery, Delivery::Later { why: "451 4.3.0 [31mHãy thử lại sau".to_owned() });
    }

    #[test]
    fn a_servers_words_are_cut_at_a_letter() {
        let Delivery::Sent { reply, refused } =
            Delivery::sent("ệ".repeat(2 * TEXT_LETTERS_MAX), vec![Refusal::new("a@b.example", "550\nno")])
        else {
            panic!("it was sent");
        };
        assert_eq!(reply, format!("{}…", "ệ".repeat(TEXT_LETTERS_MAX)));
        assert_eq!(refused[0].why, "550 no");
    }
}
