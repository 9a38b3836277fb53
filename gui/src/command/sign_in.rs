//! What is wanted while signing in with whoever gives out an account's access tokens.

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInCommand {
    /// Sign in for the account that the dialog describes; `true`: with a code on another device.
    New(bool),
    /// Sign in once more for the account of that name; `true`: with a code on another device.
    Again(String, bool),
    /// Open the page in the browser.
    OpenPage,
    /// Open the page on which a client id is made.
    OpenMaking(String),
    /// Give it up.
    Cancel,
}
