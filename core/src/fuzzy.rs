//! The same message in changing dress: what makes it known again, and what of its like has become.
//!
//! ```text
//! text    the words that are shown, and which stands beside which: two min-hashes (A. Broder, "On the resemblance and
//!         containment of documents", 1997), of which each keeps eight bits a place (P. Li and A. König, "b-Bit Minwise
//!         Hashing", 2010). Other links, other numbers, another order and every fifth word another make little of it.
//! files   each attached file as it is, after decoding
//! links   all links together, without what is made anew for each recipient
//! ```
//!
//! Nothing of a message can be read from its [`Print`]. What was made of prints is kept by the agent; here is only what two
//! have in common, and what follows from it.

mod kin;
mod print;
pub mod pyzor;
pub mod rspamd;
mod sketch;
mod words;

pub use kin::{Alike, Fate, Kin};
pub use print::{Print, shown};
pub use sketch::{Likeness, Sketch};
