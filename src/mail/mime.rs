//! How a message is written (RFC 5322, MIME): plain text before HTML, headers that say that a program sent it.

use std::{error::Error, time::SystemTime};

use lettre::{
    Address,
    message::{
        Attachment as FilePart, Body, Mailbox as Written, MultiPart, SinglePart,
        header::{ContentTransferEncoding, Header, HeaderName, HeaderValue},
    },
};

use crate::mail::{
    MailError,
    message::{Mailbox, Message, MessageId},
};

/// A message as it goes out, with its envelope.
#[derive(Debug)]
pub(super) struct Sealed {
    pub id: MessageId,
    /// Bounces come back here.
    pub from: Address,
    /// Each address once: first those it is for, then those who get a copy.
    pub recipients: Vec<Address>,
    /// How many of the recipients it is for.
    pub addressees: usize,
    /// ASCII, lines of at most 998 bytes that end with CRLF.
    pub bytes: Vec<u8>,
}

/// A server must take at least this many (RFC 5321 section 4.5.3.1.8).
const RECIPIENTS_MAX: usize = 100;
/// What most servers take.
const MESSAGE_BYTES_MAX: usize = 25 * 1024 * 1024;
/// The last second of the year 9999.
const DATE_SECONDS_MAX: i64 = 253_402_300_799;

impl Message {
    /// Writes the message and its envelope.
    pub(super) fn sealed(&self) -> Result<Sealed, MailError> {
        let (addressees, recipients) = self.recipients();
        if recipients.is_empty() || recipients.len() > RECIPIENTS_MAX {
            return Err(MailError::Recipients { id: self.id.clone(), found: recipients.len(), max: RECIPIENTS_MAX });
        }
        // The writer below would come to a sudden end.
        if !(0..=DATE_SECONDS_MAX).contains(&self.date.timestamp()) {
            return Err(MailError::Date { id: self.id.clone(), date: self.date });
        }
        let size = |bytes| MailError::TooLarge { id: self.id.clone(), bytes, bytes_max: MESSAGE_BYTES_MAX };
        let attached = self.attachments.iter().map(|it| it.bytes.len()).sum();
        if attached > MESSAGE_BYTES_MAX {
            return Err(size(attached));
        }
        let bytes = self.written()?;
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(size(bytes.len()));
        }
        Ok(Sealed { id: self.id.clone(), from: self.from.address().clone(), recipients, addressees, bytes })
    }

    /// How many the message is for, and all who get it.
    fn recipients(&self) -> (usize, Vec<Address>) {
        let mut found: Vec<Address> = Vec::new();
        let mut addressees = 0;
        for (at, one) in self.to.iter().chain(&self.cc).map(Mailbox::address).enumerate() {
            if !found.contains(one) {
                found.push(one.clone());
            }
            if at < self.to.len() {
                addressees = found.len();
            }
        }
        (addressees, found)
    }

    fn written(&self) -> Result<Vec<u8>, MailError> {
        let mut head = lettre::Message::builder()
            .message_id(Some(format!("<{}>", self.id)))
            .date(SystemTime::from(self.date))
            .from(self.from.written())
            .subject(one_line(&self.subject))
            .header(AutoSubmitted)
            .header(ListId(format!("<diembao.{}>", self.from.address().domain())));
        for one in &self.to {
            head = head.to(one.written());
        }
        for one in &self.cc {
            head = head.cc(one.written());
        }
        if let Some(first) = &self.thread {
            head = head.in_reply_to(format!("<{first}>")).references(format!("<{first}>"));
        }
        let words = MultiPart::alternative()
            .singlepart(SinglePart::plain(line_feeds(&self.text)))
            .singlepart(SinglePart::html(line_feeds(&self.html)));
        let body = if self.attachments.is_empty() {
            words
        } else {
            self.attachments.iter().fold(MultiPart::mixed().multipart(words), |body, it| {
                // Whatever the bytes are: a text file's line feeds without CR must not stand in a message, where a server
                // could take a lone dot between two of them for the message's end.
                let bytes = Body::new_with_encoding(it.bytes.clone(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
                body.singlepart(FilePart::new(it.name.clone()).body(bytes, it.mime.clone()))
            })
        };
        let message = head.multipart(body).map_err(|cause| MailError::Write { id: self.id.clone(), cause })?;
        Ok(message.formatted())
    }
}

impl Mailbox {
    fn written(&self) -> Written {
        let name = (!self.name().is_empty()).then(|| self.name().to_owned());
        Written::new(name, self.address().clone())
    }
}

/// A line break would end the header.
fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// Line breaks as the writer expects them; it makes CRLF of each.
fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// RFC 3834 section 5: keeps replies by programs away.
#[derive(Debug, Clone)]
struct AutoSubmitted;

/// RFC 2919: lets a receiver sort what the program sends. It is official mail and names no way to be left out of it.
#[derive(Debug, Clone)]
struct ListId(String);

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Header for ListId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Id")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
