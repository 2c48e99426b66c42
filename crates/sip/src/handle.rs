//! Names of what an agent holds. Each is small, copied freely, and never names a later thing that took the same place.

macro_rules! handle {
    ($(#[$doc:meta])* $vis:vis $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis struct $name {
            pub(crate) index: u32,
            pub(crate) generation: u32,
        }

        impl crate::table::Key for $name {
            fn make(index: u32, generation: u32) -> Self {
                Self { index, generation }
            }

            fn parts(self) -> (u32, u32) {
                (self.index, self.generation)
            }
        }
    };
}

handle! {
    /// One call leg: an INVITE and the dialogs that grow from it.
    pub CallHandle
}
handle! {
    /// A received request that waits for the driver's answer.
    pub RequestHandle
}
handle! {
    /// A request that we sent and whose answer is awaited.
    pub SentHandle
}
handle! {
    /// A subscription of its own dialog (RFC 6665), on either side.
    pub SubscriptionHandle
}
/// A client transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientKey {
    index: u32,
    generation: u32,
}

impl ClientKey {
    /// Names nothing.
    pub(crate) const fn none() -> Self {
        Self { index: u32::MAX, generation: 0 }
    }
}

impl crate::table::Key for ClientKey {
    fn make(index: u32, generation: u32) -> Self {
        Self { index, generation }
    }

    fn parts(self) -> (u32, u32) {
        (self.index, self.generation)
    }
}
