//! Mail out: to a server by SMTP, into a folder of `.eml` files, or into memory.

pub mod folder;
pub mod memory;
pub mod message;
mod mime;
mod relay;
pub mod smtp;

use chrono::{DateTime, Utc};
use lettre::address::AddressError;

use crate::domain::delivery::{Delivery, causes};
pub use crate::mail::{
    folder::FolderPost,
    memory::MemoryPost,
    message::{Attachment, Mailbox, Message, MessageId},
    smtp::SmtpPost,
};

/// Where mail goes. All ways hand on the same bytes.
#[derive(Debug)]
pub enum Post {
    /// A server that relays it.
    Smtp(Box<SmtpPost>),
    /// Files that a person sends or looks at.
    Folder(FolderPost),
    /// Kept until the program ends: for rehearsals and tests.
    Memory(MemoryPost),
}

impl Post {
    /// Makes one attempt. It ends within the limits of the way; whatever went wrong is in the result.
    ///
    /// An attempt that is dropped half way may have delivered: treat it as [`Delivery::Unsure`].
    pub async fn deliver(&self, message: &Message) -> Delivery {
        let sealed = match message.sealed() {
            Ok(sealed) => sealed,
            // The same message will not be any better tomorrow.
            Err(error) => return Delivery::refused(causes(&error)),
        };
        match self {
            Self::Smtp(post) => post.deliver(&sealed).await,
            Self::Folder(post) => post.deliver(sealed).await,
            Self::Memory(post) => post.deliver(message),
        }
    }

    /// Takes leave of the server at the end of a batch. The next message opens a connection anew.
    pub async fn close(&self) {
        if let Self::Smtp(post) = self {
            post.close().await;
        }
    }
}

/// A message or a way of sending that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the mail address `{email}` cannot be used")]
    Address {
        email: String,
        #[source]
        cause: AddressError,
    },
    #[error("the mail address `{email}` {why}")]
    AddressForm { email: String, why: &'static str },
    #[error("the name {name:?} of a mail address holds control characters or is longer than {letters_max} letters")]
    Name { name: String, letters_max: usize },
    #[error("`{0}` is no message id: letters, digits and `.+_=-` at a domain, at most 200 bytes")]
    MessageId(String),
    #[error("the attachment {name:?} {why}")]
    Attachment { name: String, why: &'static str },
    #[error("the message {id} is dated {date}: mail has four digits for a year, and none before 1970")]
    Date { id: MessageId, date: DateTime<Utc> },
    #[error("the message {id} has {found} recipients: at least one and at most {max} are possible")]
    Recipients { id: MessageId, found: usize, max: usize },
    #[error("the message {id} takes {bytes} bytes: at most {bytes_max} are sent")]
    TooLarge { id: MessageId, bytes: usize, bytes_max: usize },
    #[error("write the message {id}")]
    Write {
        id: MessageId,
        #[source]
        cause: lettre::error::Error,
    },
    /// Never holds the whole address, which could hold a password.
    #[error("the address of the mail server at `{host}` {why}")]
    Relay { host: String, why: &'static str },
    #[error("set up TLS for the mail server at `{host}`")]
    Tls {
        host: String,
        #[source]
        cause: lettre::transport::smtp::Error,
    },
}
