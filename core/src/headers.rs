//! `X-Spam-*` header lines, as SpamAssassin writes them.
