//! The short plain text of a message, to be copied into a chat by hand.

use super::{
    Sender,
    line::{NAME_LETTERS_MAX, one_line, web_address},
};

/// Letters of a chat text: one screen of a telephone.
pub(super) const CHAT_LETTERS_MAX: usize = 600;
/// A longer address is left to the mail: it would push the words off the screen.
const LINK_LETTERS_MAX: usize = 200;

/// What a chat text is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chat<'a> {
    pub receiver: &'a str,
    /// What must be said.
    pub said: &'a str,
    /// What is left out where there is no room for it.
    pub more: &'a str,
    pub link: Option<&'a str>,
    pub sender: &'a Sender,
}

impl Chat<'_> {
    /// Draws the text: without markup, the link on a line of its own, the signature last.
    pub(super) fn text(&self) -> String {
        let link = self.link.and_then(web_address).filter(|it| it.len() <= LINK_LETTERS_MAX);
        let forms = [(link.as_deref(), self.more), (link.as_deref(), ""), (None, "")];
        let fits = forms.into_iter().map(|(link, more)| self.draw(link, more)).find(|it| it.chars().count() <= CHAT_LETTERS_MAX);
        fits.unwrap_or_else(|| one_line(&self.draw(None, ""), CHAT_LETTERS_MAX))
    }

    fn draw(&self, link: Option<&str>, more: &str) -> String {
        let mut lines = vec![format!("Kính gửi {}.", one_line(self.receiver, NAME_LETTERS_MAX)), one_line(self.said, CHAT_LETTERS_MAX)];
        if !more.is_empty() {
            lines.push(one_line(more, CHAT_LETTERS_MAX));
        }
        match link {
            Some(link) => lines.extend(["Xin trả lời tại:".to_owned(), link.to_owned()]),
            None => lines.push("Xin trả lời tin nhắn này.".to_owned()),
        }
        lines.push(format!("Trân trọng. {}", self.sender.name()).trim_end().to_owned());
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::message::fixture::{hostile, sender};

    proptest! {
        #[test]
        fn a_chat_text_fits_one_screen_whatever_it_is_made_of(receiver in hostile(), said in hostile(), more in hostile(), path in "[a-z]{0,400}") {
            let link = format!("https://diembao.example/{path}");
            let sender = Sender { department: receiver.clone(), ..sender() };
            let text = Chat { receiver: &receiver, said: &said, more: &more, link: Some(&link), sender: &sender }.text();
            prop_assert!(text.chars().filter(|it| !unicode_normalization::char::is_combining_mark(*it)).count() <= CHAT_LETTERS_MAX);
            prop_assert!(text.lines().any(|it| it == link) || !text.contains(&link), "a link stands alone");
            prop_assert!(!text.chars().any(|it| it.is_control() && it != '\n'));
        }
    }

    #[test]
    fn what_has_no_room_goes_before_the_link_does() {
        let (long, link) = ("Dài. ".repeat(90), "https://diembao.example/reply/1");
        let text = Chat { receiver: "Báo A", said: "Chưa ghi nhận.", more: &long, link: Some(link), sender: &sender() }.text();
        assert!(text.contains("Dài.") && text.contains(link), "{text}");
        let text = Chat { receiver: "Báo A", said: "Chưa ghi nhận.", more: &long.repeat(2), link: Some(link), sender: &sender() }.text();
        assert_eq!(
            text,
            "Kính gửi Báo A.\nChưa ghi nhận.\nXin trả lời tại:\nhttps://diembao.example/reply/1\nTrân trọng. Sở Văn hóa tỉnh Sông Xanh"
        );
    }
}
