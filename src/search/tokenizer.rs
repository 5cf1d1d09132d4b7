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
        let (mut position, mut last_end) = (0, 0);
        for (offset_from, offset_to, syllable) in text::syllables(text) {
            if !self.tokens.is_empty() {
                let before = self.tokens.last().map_or("", |it| &text[it.offset_from..it.offset_to]);
                position += if is_stop(&text[last_end..offset_from], before) { 2 } else { 1 };
            }
            self.tokens.push(Token { offset_from, offset_to, position, text: self.form.of(syllable), position_length: 1 });
            last_end = offset_to;
        }
        Syllables { tokens: &mut self.tokens, next: 0 }
    }
}

/// Whether what stands between two syllables ends a sentence, so that no phrase reaches over it: "điểm mua bán. Người dân" is
/// no "mua bán người". The stop after a short capitalised word ("TP. Huế") is an abbreviation's.
fn is_stop(between: &str, before: &str) -> bool {
    let mut signs = between.chars().peekable();
    while let Some(sign) = signs.next() {
        let ends = signs.peek().is_some_and(|it| it.is_whitespace());
        match sign {
            '\n' | '!' | '?' | ';' | '…' => return true,
            '.' | ':' if ends => return !(before.chars().count() <= 3 && before.starts_with(char::is_uppercase)),
            _ => {}
        }
    }
    false
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_phrase_reaches_over_the_end_of_a_sentence() {
        let side_by_side = |text: &str| {
            let mut tokenizer = Vietnamese::new(Form::Folded);
            let mut stream = tokenizer.token_stream(text);
            let mut positions = Vec::new();
            while stream.advance() {
                positions.push(stream.token().position);
            }
            positions.windows(2).all(|it| it[1] == it[0] + 1)
        };
        for (text, together) in [
            ("phòng, chống mua bán người", true),
            ("mua, bán người", true),
            ("TP. Huế", true),
            ("giá 3.000 đồng", true),
            ("điểm mua bán. Người dân", false),
            ("mua bán\nNgười dân", false),
            ("bán? Người", false),
        ] {
            assert_eq!(side_by_side(text), together, "{text}");
        }
    }
}
