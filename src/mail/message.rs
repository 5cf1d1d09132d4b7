//! A message before it is written: addresses, ids and attachments that are checked when they are made.

use std::fmt;

use chrono::{DateTime, Utc};
use lettre::{Address, message::header::ContentType};
use url::Host;

use crate::mail::MailError;

/// One message. Every name in it is read by all who get it: there are no hidden recipients.
#[derive(Debug, Clone)]
pub struct Message {
    /// The same for every attempt, so that a receiver can know a repeated one.
    pub id: MessageId,
    pub from: Mailbox,
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub date: DateTime<Utc>,
    pub subject: String,
    /// What is read where HTML is not shown; says all that `html` says.
    pub text: String,
    /// A whole document. Nothing in it may be loaded from elsewhere.
    pub html: String,
    /// The first message of the conversation that this one belongs to.
    pub thread: Option<MessageId>,
    pub attachments: Vec<Attachment>,
}

/// A person or office with a mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: String,
    address: Address,
}

/// The `Message-ID`: a name that its maker gives once, at a domain that is the maker's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

/// A file that goes along.
#[derive(Clone)]
pub struct Attachment {
    pub(super) name: String,
    pub(super) mime: ContentType,
    pub(super) bytes: Vec<u8>,
}

/// RFC 5321 section 4.5.3.1.3, without the angle brackets.
const ADDRESS_BYTES_MAX: usize = 254;
/// Long enough for an office with all offices above it.
const NAME_LETTERS_MAX: usize = 200;
/// A file system takes names of 255 bytes, and the id becomes one with something added.
const MESSAGE_ID_BYTES_MAX: usize = 200;

impl Mailbox {
    /// Checks a name (empty: none) and an address. A domain with letters beyond ASCII is written as its ASCII form.
    ///
    /// # Errors
    /// Where the name holds control characters, or the address does not parse, is too long, names a numeric host, or
    /// has letters beyond ASCII before the `@`, which not every server on the way could pass on.
    pub fn new(name: &str, email: &str) -> Result<Self, MailError> {
        let (name, email) = (name.trim(), email.trim());
        let form = |why| MailError::AddressForm { email: email.to_owned(), why };
        if name.chars().any(char::is_control) || name.chars().count() > NAME_LETTERS_MAX {
            return Err(MailError::Name { name: name.to_owned(), letters_max: NAME_LETTERS_MAX });
        }
        let (user, domain) = email.rsplit_once('@').ok_or_else(|| form("has no `@`"))?;
        if !user.is_ascii() {
            return Err(form("has letters beyond ASCII before the `@`"));
        }
        let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(form("names no domain after the `@`")) };
        let address = Address::new(user, &domain).map_err(|cause| MailError::Address { email: email.to_owned(), cause })?;
        let written: &str = address.as_ref();
        if written.len() > ADDRESS_BYTES_MAX {
            return Err(form("is longer than 254 bytes"));
        }
        Ok(Self { name: name.to_owned(), address })
    }

    /// As it was given; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address alone, in ASCII.
    pub fn email(&self) -> &str {
        self.address.as_ref()
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }
}

impl MessageId {
    /// Makes an id of a name that is unique at the domain.
    ///
    /// # Errors
    /// Where the name has other signs than letters and digits of ASCII and `.+_=-`, begins or ends with a dot, or both
    /// together are too long; or where the domain is none.
    pub fn new(name: &str, domain: &str) -> Result<Self, MailError> {
        let whole = || format!("{name}@{domain}");
        let plain = |it: char| it.is_ascii_alphanumeric() || ".+_=-".contains(it);
        let Ok(Host::Domain(domain)) = Host::parse(domain) else { return Err(MailError::MessageId(whole())) };
        let id = format!("{name}@{domain}");
        // A dot-atom (RFC 5322 section 3.2.3), and a file's name without further writing.
        let sound = name.chars().all(plain) && name.split('.').all(|it| !it.is_empty()) && id.len() <= MESSAGE_ID_BYTES_MAX;
        if sound { Ok(Self(id)) } else { Err(MailError::MessageId(whole())) }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Attachment {
    /// Checks a file's name and type.
    ///
    /// # Errors
    /// Where the name is empty, leads into a folder or holds control characters, or `mime` is no media type.
    pub fn new(name: &str, mime: &str, bytes: Vec<u8>) -> Result<Self, MailError> {
        let wrong = |why| MailError::Attachment { name: name.to_owned(), why };
        if name.is_empty() || name.chars().any(|it| it.is_control() || it == '/' || it == '\\') {
            return Err(wrong("has a name that no file can have"));
        }
        let mime = ContentType::parse(mime).map_err(|_| wrong("has a type that is no media type"))?;
        Ok(Self { name: name.to_owned(), mime, bytes })
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").field("name", &self.name).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked_when_it_is_made() {
        let office = Mailbox::new(" Phòng Thời sự, Báo Mẫu ", "toasoan@baomau.example").unwrap();
        assert_eq!((office.name(), office.email()), ("Phòng Thời sự, Báo Mẫu", "toasoan@baomau.example"));
        let foreign = Mailbox::new("", "a.b+c@Báo-Mẫu.example").unwrap();
        assert_eq!(foreign.email(), "a.b+c@xn--bo-mu-xqa9944c.example");
        for bad in ["", "khong-co", "a@", "@b.example", "a b@c.example", "a@b.example\nBcc: x@y.example", "ạ@b.example", "a@127.0.0.1"] {
            assert!(Mailbox::new("A", bad).is_err(), "{bad:?}");
        }
        assert!(Mailbox::new("", &format!("a@{}example", "b.".repeat(130))).is_err(), "too long");
        for bad in ["A\r\nBcc: x@y.example", "A\0", &"ệ".repeat(201)] {
            assert!(Mailbox::new(bad, "a@b.example").is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_message_id_is_a_name_at_a_domain_that_can_be_a_files_name() {
        assert_eq!(MessageId::new("bao-mau.2026-10.alert", "So.example").unwrap().to_string(), "bao-mau.2026-10.alert@so.example");
        for (name, domain) in
            [("", "so.example"), ("../a", "so.example"), (".a", "so.example"), ("a..b", "so.example"), ("a>", "so.example"), ("a", "")]
        {
            assert!(MessageId::new(name, domain).is_err(), "{name:?} {domain:?}");
        }
        assert!(MessageId::new(&"a".repeat(200), "so.example").is_err());
    }

    #[test]
    fn an_attachment_has_a_files_name_and_a_media_type() {
        assert!(Attachment::new("Công văn đôn đốc.docx", "application/pdf", Vec::new()).is_ok());
        for (name, mime) in [("", "text/plain"), ("../a", "text/plain"), ("a\r\nb", "text/plain"), ("a", "nothing")] {
            assert!(Attachment::new(name, mime, Vec::new()).is_err(), "{name:?} {mime:?}");
        }
    }
}
