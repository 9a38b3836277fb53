//! `digest` and `open`: a digest of what was filed, and the links in it.

use tamis_core::api::{Request, is_link};

use super::{Failure, out::Out, review};
use crate::paths::Home;

pub(super) const DIGEST_EXAMPLES: &str = "Example:
  tamis-agent digest me@example.org

It lists what was filed since the last digest, each message with a link that releases it.";

pub(super) const OPEN_EXAMPLES: &str = "Example:
  tamis-agent open tamis:release/17-5b0c61f2a9

Mail programs hand such a link to the window. This is for a terminal, or for a program that knows
only commands.";

pub(super) fn digest(home: &Home, account: &str, out: &mut Out) -> Result<(), Failure> {
    review::change(home, Request::SendDigest { account: account.to_owned() }, out)
}

pub(super) fn open(home: &Home, link: &str, out: &mut Out) -> Result<(), Failure> {
    if !is_link(link) {
        return Err(Failure::person("this is not a link from a digest of Tamis; those begin with `tamis:`"));
    }
    review::change(home, Request::Open { link: link.to_owned() }, out)
}
