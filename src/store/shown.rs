//! A stored article as people may see it: its names masked, its kind and what needs a look told.

use super::article::Stored;
use crate::domain::{
    nature::Nature,
    privacy::{Mask, mask},
};

impl Stored {
    /// Of what kind it is, and what in it needs a look.
    pub fn nature(&self) -> Nature {
        let taken_from = self.facets.as_ref().and_then(|it| it.taken_from.clone());
        Nature::new(self.marks.clone(), self.privacy.as_ref(), taken_from)
    }

    /// The title as people may see it.
    pub fn masked_title(&self) -> String {
        mask(&self.title, self.masks())
    }

    /// The words that a search looks through, as people may see them: the text, or the summary where the page was not read.
    pub fn masked_body(&self) -> String {
        mask(if self.read { &self.text } else { &self.summary }, self.masks())
    }

    fn masks(&self) -> &[Mask] {
        self.privacy.as_ref().map_or(&[], |it| &it.masks)
    }
}
