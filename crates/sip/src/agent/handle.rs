//! Names of what an agent holds. Each is small, copied freely, and never names a later thing that took the same place.

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name {
            pub(crate) index: u32,
            pub(crate) generation: u32,
        }

        impl $name {
            /// The name as one number, for tables of the driver's and for traces.
            pub const fn to_bits(self) -> u64 {
                (self.generation as u64) << 32 | self.index as u64
            }

            /// The name back from [`Self::to_bits`]; a number that was never given out names nothing.
            pub const fn from_bits(bits: u64) -> Self {
                Self { index: bits as u32, generation: (bits >> 32) as u32 }
            }

            pub(crate) const fn new(index: u32, generation: u32) -> Self {
                Self { index, generation }
            }
        }
    };
}

handle! {
    /// One call leg: an INVITE and the dialogs that grow from it.
    CallHandle
}
handle! {
    /// A received request that waits for the driver's answer.
    RequestHandle
}
handle! {
    /// A request that we sent and whose answer is awaited.
    SentHandle
}
handle! {
    /// A subscription of its own dialog (RFC 6665), on either side.
    SubscriptionHandle
}
