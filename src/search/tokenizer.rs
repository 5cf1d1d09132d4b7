//! Vietnamese for the index: one token a syllable, toned or folded. Words of several syllables are found as phrases.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text;

/// Name of the tokenizer that keeps tones.
pub const TONED: &str = "vi_toned";
/// Name of the tokenizer that drops all marks.
pub const FOLDED: &str = "vi_folded";

/// Which form of a syllable becomes the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Toned,
    Folded,
}

/// Splits text into syllables.
#[derive(Debug, Clone)]
pub struct Vietnamese {
    form: Form,
    tokens: Vec<Token>,
}

impl Form {
    /// A syllable in this form.
    pub fn of(self, syllable: &str) -> String {
        match self {
            Self::Toned => text::toned_token(syllable),
            Self::Folded => text::fold(syllable),
        }
    }
}

impl Vietnamese {
    /// A tokenizer for one of the forms.
    pub fn new(form: Form) -> Self {
        Self { form, tokens: Vec::new() }
    }
}

impl Tokenizer for Vietnamese {
    type TokenStream<'a> = Syllables<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Syllables<'a> {
        self.tokens.clear();
        for (position, (offset_from, offset_to, syllable)) in text::syllables(text).enumerate() {
            self.tokens.push(Token { offset_from, offset_to, position, text: self.form.of(syllable), position_length: 1 });
        }
        Syllables { tokens: &mut self.tokens, next: 0 }
    }
}

/// The syllables of one text.
#[derive(Debug)]
pub struct Syllables<'a> {
    tokens: &'a mut Vec<Token>,
    next: usize,
}

impl TokenStream for Syllables<'_> {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}
