//! Patterns of words, as the dictionary writes them, found in the matching form of a text.
//!
//! A pattern is words with blanks between them, and these marks:
//! * `{,}` after a word: a comma, hyphen or slash may stand here, or nothing;
//! * `{.}` after a word: a sentence's or clause's end stands here (for patterns that say what is *not* one term);
//! * `,` `-` `/` `.` between words: one such mark must stand here, any of them (`30/7` also finds `30-7`, `30.7`);
//! * `(a|b c)`: one of these; `[a|b]`: one of these, or nothing; `<name>`: one of a named list;
//! * `..3`: up to three words of any kind in the same sentence;
//! * `=` before a word: written as a name, with a capital where no sentence begins (`=Anh` finds the country, never `anh`);
//! * `^` in front: at the start of a paragraph; `...` at the end: the rest of the paragraph belongs to it (`{.} ...`: if a stop, such as
//!   a colon, stands there).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{BuildHasherDefault, Hasher},
    ops::Range,
};

use crate::text::{
    syllables,
    toned::{Gap, Toned, Word},
    toned_token,
};

/// Words and choices that one pattern may hold with its lists written out; more means that a list was nested by mistake.
const NODES_MAX: usize = 5_000;
/// Words that one `..n` may pass over: a longer reach would join things that the sentence does not.
const SKIP_WORDS_MAX: usize = 12;
/// Skips in one pattern: each multiplies the ways to read a sentence.
const SKIPS_MAX: usize = 3;
/// Nodes that stand for several; beyond these, what begins alike is followed apart.
const MERGED_MAX: usize = 100_000;
/// Lists inside lists, brackets inside brackets.
const DEPTH_MAX: usize = 8;

/// Named lists of patterns that other patterns refer to as `<name>`.
pub type Lists = BTreeMap<String, Vec<String>>;

/// Why a pattern cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("the form is empty")]
    Empty,
    #[error("the form can be nothing at all: one word must be required")]
    NothingRequired,
    #[error("`{0}` is not closed")]
    Unclosed(char),
    #[error("`{0}` closes nothing")]
    Unopened(char),
    #[error("there is no list `{0}`")]
    UnknownList(String),
    #[error("lists and brackets are nested more than {DEPTH_MAX} deep")]
    TooDeep,
    #[error("the form holds more than {NODES_MAX} words with its lists written out")]
    TooLong,
    #[error("`..` needs a number of words from 1 to {SKIP_WORDS_MAX}, a word on either side, and stands at most {SKIPS_MAX} times")]
    BadSkip,
    #[error("a mark such as `{{,}}` needs a word behind it, inside the same brackets")]
    LooseMark,
    #[error("`{0}` has no meaning in a form")]
    BadMark(char),
}

/// What may stand in front of a pattern's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Join {
    Blank,
    BlankOrMark,
    Mark,
    Stop,
    ParagraphStart,
    /// A blank, and the word is written as a name.
    Name,
}

impl Join {
    /// The first word of a pattern follows anything, and the word after a skip anything within the sentence.
    fn accepts(self, word: Word, before: Before) -> bool {
        let gap = word.gap;
        match (self, before) {
            (Self::ParagraphStart, _) => gap == Gap::Paragraph,
            (Self::Name, Before::Nothing) => word.named,
            (Self::Name, _) => word.named && gap == Gap::Blank,
            (_, Before::Nothing) => true,
            (_, Before::Skip) => gap < Gap::Sentence,
            (Self::Blank, _) => gap == Gap::Blank,
            (Self::BlankOrMark, _) => gap <= Gap::Dash,
            (Self::Mark, _) => matches!(gap, Gap::Comma | Gap::Dash | Gap::Dot),
            (Self::Stop, _) => gap >= Gap::Dot,
        }
    }
}

/// What of the pattern lies before the word at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Word,
    Skip,
}

/// Where one of an owner's patterns was found: the longest at its first word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The number that the caller gave the pattern.
    pub owner: usize,
    /// Indices into the words of the text.
    pub words: Range<usize>,
}

/// FNV-1a: every word of every text is looked up, and the dictionary's few thousand words are nobody's attack.
#[derive(Debug, Clone)]
struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Compiled patterns of many owners: a graph whose edges are words.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    vocabulary: HashMap<String, u32, BuildHasherDefault<WordHasher>>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    /// Word, what may stand before it, and where it leads; in the order of the words once built.
    edges: Vec<(u32, Join, usize)>,
    /// Words at most to pass over, and where that leads.
    skips: Vec<(usize, usize)>,
    /// Nodes that this one also stands for; empty once built.
    jumps: Vec<usize>,
    /// Owners whose pattern takes the rest of the paragraph from here, and what must stand here.
    rest: Vec<(usize, Join)>,
    /// Owners whose pattern ends here.
    ends: Vec<usize>,
}

impl Patterns {
    /// Every place where a pattern stands, by first word, then by owner.
    pub fn find(&self, text: &Toned) -> Vec<Found> {
        let ids: Vec<u32> = text.words().iter().map(|word| self.vocabulary.get(text.word(*word)).copied().unwrap_or(0)).collect();
        let mut all = Vec::new();
        let mut here: Vec<(usize, usize)> = Vec::new();
        for start in (0..ids.len()).filter(|at| ids[*at] != 0) {
            self.walk(text, &ids, (0, Before::Nothing), start, &mut here);
            // The longest of each owner: sorted by owner, then by end.
            here.sort_unstable();
            for (at, (owner, end)) in here.iter().enumerate() {
                if here.get(at + 1).is_none_or(|next| next.0 != *owner) {
                    all.push(Found { owner: *owner, words: start..*end });
                }
            }
            here.clear();
        }
        all
    }

    /// Follows every edge that the word at `at` allows; bounded by the patterns' length and their skips, not by the text.
    fn walk(&self, text: &Toned, ids: &[u32], (node, before): (usize, Before), at: usize, found: &mut Vec<(usize, usize)>) {
        let Some(node) = self.nodes.get(node) else { return };
        found.extend(node.ends.iter().map(|owner| (*owner, at)));
        if !node.rest.is_empty() && at > 0 {
            let paragraph = text.words()[at - 1].paragraph;
            let end = text.words().partition_point(|word| word.paragraph <= paragraph);
            let gap = text.words().get(at).map_or(Gap::Paragraph, |word| word.gap);
            let here = node.rest.iter().filter(|(_, join)| *join != Join::Stop || gap >= Gap::Clause);
            found.extend(here.map(|(owner, _)| (*owner, end)));
        }
        let Some(word) = text.words().get(at) else { return };
        for (skip, next) in &node.skips {
            for passed in 0..=*skip {
                if text.words().get(at + passed).is_none_or(|word| word.gap >= Gap::Sentence) {
                    break;
                }
                self.walk(text, ids, (*next, Before::Skip), at + passed, found);
            }
        }
        let first = node.edges.partition_point(|edge| edge.0 < ids[at]);
        for (_, join, next) in node.edges[first..].iter().take_while(|edge| edge.0 == ids[at]) {
            if join.accepts(*word, before) {
                self.walk(text, ids, (*next, Before::Word), at + 1, found);
            }
        }
    }
}

/// Takes in patterns one by one; [`Self::build`] makes them ready to be found.
#[derive(Debug, Clone)]
pub struct PatternsBuilder {
    patterns: Patterns,
}

impl Default for PatternsBuilder {
    fn default() -> Self {
        Self { patterns: Patterns { vocabulary: HashMap::default(), nodes: vec![Node::default()] } }
    }
}

impl PatternsBuilder {
    /// Adds one pattern of an owner. After an error the builder is of no further use.
    pub fn add(&mut self, owner: usize, pattern: &str, lists: &Lists) -> Result<(), PatternError> {
        if pattern.trim().is_empty() {
            return Err(PatternError::Empty);
        }
        let limit = self.patterns.nodes.len() + NODES_MAX;
        let start = self.node();
        let mut reader =
            Reader { builder: self, lists, rest: pattern.chars().collect(), at: 0, depth: 0, limit, skips: 0, rest_of_paragraph: None };
        let end = reader.sequence(start, Join::Blank)?;
        if let Some(c) = reader.rest.get(reader.at) {
            return Err(PatternError::Unopened(*c));
        }
        let open_end = reader.rest_of_paragraph;
        let last = &mut self.patterns.nodes[end];
        match open_end {
            Some(join) => last.rest.push((owner, join)),
            None => last.ends.push(owner),
        }
        self.check(start, end)?;
        self.patterns.nodes[0].jumps.push(start);
        Ok(())
    }

    /// Writes the jumps out, so that finding need not follow them.
    pub fn build(mut self) -> Patterns {
        let whole: Vec<Node> = (0..self.patterns.nodes.len())
            .map(|node| {
                let mut whole = Node::default();
                for part in self.closure(node) {
                    let part = &self.patterns.nodes[part];
                    whole.edges.extend(&part.edges);
                    whole.skips.extend(&part.skips);
                    whole.rest.extend(&part.rest);
                    whole.ends.extend(&part.ends);
                }
                whole
            })
            .collect();
        self.patterns.nodes = merged(&whole);
        self.patterns
    }

    /// The node and all that it also stands for.
    fn closure(&self, node: usize) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([node]);
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            open.extend(self.patterns.nodes[node].jumps.iter().copied().filter(|next| all.insert(*next)));
        }
        all
    }

    /// A pattern begins and ends with a word, and a skip stands between words.
    fn check(&self, start: usize, end: usize) -> Result<(), PatternError> {
        let begins = self.closure(start);
        if begins.contains(&end) {
            return Err(PatternError::NothingRequired);
        }
        let has_skip = |nodes: &BTreeSet<usize>| nodes.iter().any(|node| !self.patterns.nodes[*node].skips.is_empty());
        if has_skip(&begins) {
            return Err(PatternError::BadSkip);
        }
        for (_, behind) in self.patterns.nodes[start..].iter().flat_map(|node| &node.skips) {
            let behind = self.closure(*behind);
            if behind.contains(&end) || has_skip(&behind) {
                return Err(PatternError::BadSkip);
            }
        }
        Ok(())
    }

    fn node(&mut self) -> usize {
        self.patterns.nodes.push(Node::default());
        self.patterns.nodes.len() - 1
    }
}

/// One node for all that the same words lead to, so that patterns which begin alike are followed once. Sets of nodes are few,
/// for patterns are short; should a dictionary make many, the rest of its nodes stay apart.
fn merged(nodes: &[Node]) -> Vec<Node> {
    let mut numbers: BTreeMap<Vec<usize>, usize> = BTreeMap::from([(vec![0], 0)]);
    let mut sets = vec![vec![0]];
    let mut all: Vec<Node> = Vec::new();
    while let Some(set) = sets.get(all.len()).cloned() {
        let mut node = Node::default();
        let mut edges: BTreeMap<(u32, Join), BTreeSet<usize>> = BTreeMap::new();
        let mut skips: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for part in set.iter().map(|at| &nodes[*at]) {
            for (word, join, next) in &part.edges {
                edges.entry((*word, *join)).or_default().insert(*next);
            }
            for (words, next) in &part.skips {
                skips.entry(*words).or_default().insert(*next);
            }
            node.rest.extend(&part.rest);
            node.ends.extend(&part.ends);
        }
        let mut number = |targets: BTreeSet<usize>| -> Vec<usize> {
            let whole: Vec<usize> = targets.into_iter().collect();
            let wanted = if sets.len() < MERGED_MAX { vec![whole] } else { whole.into_iter().map(|it| vec![it]).collect() };
            let of = |set: Vec<usize>| {
                *numbers.entry(set).or_insert_with_key(|set| {
                    sets.push(set.clone());
                    sets.len() - 1
                })
            };
            wanted.into_iter().map(of).collect()
        };
        for ((word, join), targets) in edges {
            node.edges.extend(number(targets).into_iter().map(|next| (word, join, next)));
        }
        for (words, targets) in skips {
            node.skips.extend(number(targets).into_iter().map(|next| (words, next)));
        }
        node.ends.sort_unstable();
        node.ends.dedup();
        all.push(node);
    }
    all
}

/// Reads one pattern into the graph.
struct Reader<'a> {
    builder: &'a mut PatternsBuilder,
    lists: &'a Lists,
    rest: Vec<char>,
    at: usize,
    depth: usize,
    limit: usize,
    skips: usize,
    rest_of_paragraph: Option<Join>,
}

impl Reader<'_> {
    /// Reads on from a node, up to the end or to a closing mark or `|`, which stays unread; `join` stands in front of the
    /// first word. Gives the node behind it.
    fn sequence(&mut self, mut node: usize, mut join: Join) -> Result<usize, PatternError> {
        let mut loose = false;
        while let Some(c) = self.rest.get(self.at).copied() {
            if self.builder.patterns.nodes.len() > self.limit {
                return Err(PatternError::TooLong);
            }
            match c {
                '|' | ')' | ']' => break,
                '{' => (join, loose) = (self.separator()?, true),
                '^' if self.at == 0 => {
                    join = Join::ParagraphStart;
                    self.at += 1;
                }
                '.' if self.rest[self.at..].starts_with(&['.', '.']) => {
                    node = self.dots(node, join)?;
                    loose &= self.rest_of_paragraph.is_none();
                }
                ',' | '-' | '–' | '/' | '.' | '=' => {
                    (join, loose) = (if c == '=' { Join::Name } else { Join::Mark }, true);
                    self.at += 1;
                }
                // Quotation marks and apostrophes are blanks in a text's matching form too.
                '\'' | '’' | '"' | '“' | '”' => self.at += 1,
                _ if c.is_whitespace() => self.at += 1,
                _ => {
                    node = match c {
                        '(' | '[' => self.options(node, c, join)?,
                        '<' => self.list(node, join)?,
                        _ => self.word(node, join)?,
                    };
                    // Where an optional part is left out, the mark in front of it stands in front of what follows.
                    if c != '[' {
                        join = Join::Blank;
                    }
                    loose = false;
                }
            }
        }
        if loose { Err(PatternError::LooseMark) } else { Ok(node) }
    }

    fn word(&mut self, node: usize, join: Join) -> Result<usize, PatternError> {
        let tail: String = self.rest[self.at..].iter().collect();
        let run = match syllables(&tail).next() {
            Some((0, _, run)) => run,
            _ => return Err(PatternError::BadMark(self.rest[self.at])),
        };
        self.at += run.chars().count();
        let next = self.builder.node();
        let patterns = &mut self.builder.patterns;
        // Words of no pattern are 0.
        let fresh = u32::try_from(patterns.vocabulary.len() + 1).map_err(|_| PatternError::TooLong)?;
        let id = *patterns.vocabulary.entry(toned_token(run)).or_insert(fresh);
        patterns.nodes[node].edges.push((id, join, next));
        Ok(next)
    }

    fn options(&mut self, node: usize, open: char, join: Join) -> Result<usize, PatternError> {
        let close = if open == '(' { ')' } else { ']' };
        self.deeper()?;
        let behind = self.builder.node();
        if open == '[' {
            self.jump(node, behind);
        }
        loop {
            self.at += 1;
            let start = self.builder.node();
            self.jump(node, start);
            let end = self.sequence(start, join)?;
            self.jump(end, behind);
            match self.rest.get(self.at) {
                Some('|') => {}
                Some(c) if *c == close => break,
                _ => return Err(PatternError::Unclosed(open)),
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(behind)
    }

    fn list(&mut self, node: usize, join: Join) -> Result<usize, PatternError> {
        self.deeper()?;
        let from = self.at + 1;
        let length = self.rest[from..].iter().position(|c| *c == '>').ok_or(PatternError::Unclosed('<'))?;
        let name: String = self.rest[from..from + length].iter().collect();
        let members = self.lists.get(&name).ok_or(PatternError::UnknownList(name))?;
        let behind = self.builder.node();
        let (outer, outer_at) = (std::mem::take(&mut self.rest), from + length + 1);
        for member in members {
            (self.rest, self.at) = (member.chars().collect(), 0);
            let start = self.builder.node();
            self.jump(node, start);
            let end = self.sequence(start, join)?;
            if let Some(c) = self.rest.get(self.at) {
                return Err(PatternError::Unopened(*c));
            }
            self.jump(end, behind);
        }
        (self.rest, self.at) = (outer, outer_at);
        self.depth -= 1;
        Ok(behind)
    }

    fn separator(&mut self) -> Result<Join, PatternError> {
        let join = match self.rest[self.at..] {
            ['{', ',', '}', ..] => Join::BlankOrMark,
            ['{', '.', '}', ..] => Join::Stop,
            _ => return Err(PatternError::BadMark('{')),
        };
        self.at += 3;
        Ok(join)
    }

    fn dots(&mut self, node: usize, join: Join) -> Result<usize, PatternError> {
        if self.rest[self.at..].starts_with(&['.', '.', '.']) {
            self.at += 3;
            self.rest_of_paragraph = Some(join);
            let last = self.depth == 0 && self.rest[self.at..].iter().all(|c| c.is_whitespace());
            return if last { Ok(node) } else { Err(PatternError::BadSkip) };
        }
        self.at += 2;
        let digits: String = self.rest[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        self.skips += 1;
        match digits.parse() {
            Ok(words) if (1..=SKIP_WORDS_MAX).contains(&words) && self.skips <= SKIPS_MAX => {
                let next = self.builder.node();
                self.builder.patterns.nodes[node].skips.push((words, next));
                Ok(next)
            }
            _ => Err(PatternError::BadSkip),
        }
    }

    fn jump(&mut self, from: usize, to: usize) {
        self.builder.patterns.nodes[from].jumps.push(to);
    }

    fn deeper(&mut self) -> Result<(), PatternError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(PatternError::TooDeep) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lists, PatternError, PatternsBuilder};
    use crate::text::toned::Toned;
    use proptest::prelude::*;

    fn found(pattern: &str, text: &str) -> Vec<String> {
        let lists = Lists::from([("ai".to_owned(), vec!["phụ nữ".to_owned(), "trẻ [em]".to_owned()])]);
        let mut patterns = PatternsBuilder::default();
        patterns.add(7, pattern, &lists).unwrap();
        let toned = Toned::new(text);
        patterns.build().find(&toned).into_iter().map(|hit| text[toned.words_in_source(hit.words).unwrap()].to_owned()).collect()
    }

    #[test]
    fn patterns_find_what_their_marks_allow() {
        for (pattern, text, want) in [
            ("phòng{,} chống", "Phòng, chống; phòng - chống; phòng/chống và phòng chống", 4),
            ("phòng{,} chống", "Phòng. Chống", 0),
            ("mua bán người", "MUA BÁN\nNGƯỜI", 1),
            ("mua bán người", "điểm mua bán. Người dân", 0),
            ("mua bán người", "mua bán người khác và mua, bán người", 1),
            ("mua bán{.} người", "điểm mua bán. Người dân", 1),
            ("30/7", "ngày 30/7, 30-7, 30.7 và 30 7", 3),
            ("bán <ai> sang", "bán phụ nữ sang, bán trẻ sang, bán trẻ em sang, bán gạo sang", 3),
            ("bán ..3 sang", "bán cô gái trẻ sang; bán cho một người lạ sang. Bán. Sang", 1),
            ("bị [lừa|bắt] bán", "bị bán, bị lừa bán, bị bắt bán, bị ép bán", 3),
            ("^ xem thêm ...", "Anh xem thêm.\nXem thêm: một bài. Hai bài\nBa bài", 1),
            ("^ chủ đề{.} ...", "Chủ đề: một bài\nChủ đề năm nay\nChủ đề\nBa bài", 2),
            ("mua{,} [hoặc] bán", "mua bán, mua, bán, mua hoặc bán, mua, hoặc bán. Mua; bán", 4),
            ("ở =Anh", "ở Anh, ở anh. Ở Anh; Ở ANH", 2),
            ("=Nga", "Nga. Nước Nga, nga", 1),
            ("hoà bình", "hòa bình", 1),
        ] {
            assert_eq!(found(pattern, text).len(), want, "{pattern} in {text}");
        }
    }

    #[test]
    fn the_longest_reading_at_a_place_wins_and_the_rest_of_a_paragraph_ends_with_it() {
        assert_eq!(found("mua bán [người]", "mua bán người"), ["mua bán người"]);
        assert_eq!(found("^ xem thêm ...", "Xem thêm: một bài. Hai bài\nBa bài"), ["Xem thêm: một bài. Hai bài"]);
    }

    #[test]
    fn a_pattern_that_says_nothing_is_refused_with_its_reason() {
        for (pattern, error) in [
            ("  ", PatternError::Empty),
            ("[a]", PatternError::NothingRequired),
            ("(a|b", PatternError::Unclosed('(')),
            ("a)", PatternError::Unopened(')')),
            ("bán <vật>", PatternError::UnknownList("vật".to_owned())),
            ("a ..99 b", PatternError::BadSkip),
            ("..2 a", PatternError::BadSkip),
            ("a ..2", PatternError::BadSkip),
            ("a ... b", PatternError::BadSkip),
            ("a {x} b", PatternError::BadMark('{')),
            ("a ..1 b ..1 c ..1 d ..1 e", PatternError::BadSkip),
            ("a ..2 [b]", PatternError::BadSkip),
            ("[a{,}] b", PatternError::LooseMark),
            ("a =", PatternError::LooseMark),
            ("a & b", PatternError::BadMark('&')),
        ] {
            let lists = Lists::new();
            assert_eq!(PatternsBuilder::default().add(0, pattern, &lists), Err(error), "{pattern}");
        }
    }

    #[test]
    fn a_list_that_names_itself_is_refused() {
        let lists = Lists::from([("x".to_owned(), vec!["a <x>".to_owned()])]);
        assert_eq!(PatternsBuilder::default().add(0, "<x>", &lists), Err(PatternError::TooDeep));
    }

    proptest! {
        #[test]
        fn no_pattern_and_no_text_can_break_the_reader(pattern in "[a-c<>()\\[\\]{},.|^ 0-9-]{0,24}", text in "[a-c ,.\n]{0,40}") {
            let mut patterns = PatternsBuilder::default();
            if patterns.add(0, &pattern, &Lists::new()).is_ok() {
                for hit in patterns.build().find(&Toned::new(&text)) {
                    prop_assert!(hit.words.start < hit.words.end);
                }
            }
        }
    }
}
