//! The allocator, and how long it keeps what nobody uses.
#![allow(unsafe_code)]

use std::ffi::c_long;

/// Thousands of small allocations a second on few threads: mimalloc keeps them apart by thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The number of `mi_option_purge_delay` in `mimalloc.h`, which the crate has no name for.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// How long free memory stays with the process, milliseconds. Projections write once a second at most: memory that is given
/// back in between is got, and cleared by the kernel, for every batch anew. At 100 queued calls a second that halves the
/// faults of pages.
const KEPT_MS: c_long = 10_000;

/// Sets what `MIMALLOC_PURGE_DELAY` in the environment doesn't.
pub(crate) fn set_up() {
    // SAFETY: mimalloc takes options at any time after its own start, which came with the first allocation before `main`;
    // no other thread runs yet. A value from the environment stays.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, KEPT_MS) };
}
