//! Mail that is kept in memory.

use std::sync::{Mutex, PoisonError};

use crate::{domain::delivery::Delivery, mail::message::Message};

/// Every message that was delivered, repeated ones included.
#[derive(Debug, Default)]
pub struct MemoryPost {
    kept: Mutex<Vec<Message>>,
}

impl MemoryPost {
    /// What was delivered so far, in order.
    pub fn messages(&self) -> Vec<Message> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn deliver(&self, message: &Message) -> Delivery {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
        Delivery::sent("kept in memory", Vec::new())
    }
}
