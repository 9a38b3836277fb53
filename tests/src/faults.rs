//! What can go wrong between the agent and its server, one fault at a time, at a place that can be named and met again.
//!
//! ```text
//! proxy    the wire on which it happens
//! ledger   the letters, where each has to be in the end, and what is there
//! scene    a server's user, the wire, the agent, and a person with her wishes
//! tally    how many runs of which kind ended how
//! ```

pub mod ledger;
pub mod proxy;
pub mod scene;
pub mod tally;

use std::fmt;

/// One fault of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub harm: Harm,
    /// Where.
    pub place: Place,
}

/// What happens to the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// It is cut, in both directions.
    Cut,
    /// It is silent for two seconds and then goes on.
    Stall,
    /// It is silent for two seconds and then cut.
    StallThenCut,
    /// A pause, and from there on every byte comes alone.
    Split,
    /// The bit of that number, 0 to 7, is another one.
    Flip(u8),
    /// Eight bytes more come in between, made from this number.
    Insert(u64),
    /// A byte is missing.
    Drop,
    /// Nothing happens to the wire: the agent is killed so many microseconds later.
    Kill(u32),
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The agent.
    Client,
    /// The server.
    Server,
}

/// Where in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the byte of that number, from 0, of all that this side says.
    Byte(Side, u64),
    /// At the byte of that number, from 0, of that command, from 1.
    InCommand(u64, usize),
    /// Before that command of the client, from 1: it is asked, and the server does not know.
    BeforeCommand(u64),
    /// Before that tagged answer, from 1: it is done, and the client does not know.
    BeforeAnswer(u64),
    /// Behind that tagged answer, from 1: client and server know.
    AfterAnswer(u64),
}

/// How long a session is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Bytes the client says.
    pub client: u64,
    /// Bytes the server says.
    pub server: u64,
    /// Commands.
    pub commands: u64,
    /// Tagged answers.
    pub answers: u64,
}

impl Harm {
    /// What all of its kind are called.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Stall => "stall",
            Self::StallThenCut => "stall, then cut",
            Self::Split => "split",
            Self::Flip(_) => "a bit flipped",
            Self::Insert(_) => "bytes inserted",
            Self::Drop => "a byte dropped",
            Self::Kill(_) => "killed",
        }
    }

    /// Whether what one side hears is not what the other has said. Then the agent may have read another message than was
    /// delivered.
    pub fn is_corruption(self) -> bool {
        matches!(self, Self::Flip(_) | Self::Insert(_) | Self::Drop)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.harm, self.place)
    }
}

/// Numbers that look random and are the same for the same seed (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below that one; 0 if there is none.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.any().checked_rem(limit).unwrap_or(0)
    }

    /// A byte that one of the sides says in a session of that length: each side as often, however much it says.
    pub fn byte_of(&mut self, extent: Extent) -> Place {
        match self.below(2) {
            0 => Place::Byte(Side::Client, self.below(extent.client)),
            _ => Place::Byte(Side::Server, self.below(extent.server)),
        }
    }

    /// Something that happens to the wire; the kinds take turns.
    pub fn harm(&mut self, turn: u64) -> Harm {
        match turn % 7 {
            0 => Harm::Cut,
            1 => Harm::Split,
            2 => Harm::Flip(u8::try_from(self.below(8)).unwrap_or(0)),
            3 => Harm::Insert(self.any()),
            4 => Harm::Drop,
            5 => Harm::Stall,
            _ => Harm::StallThenCut,
        }
    }

    /// A kill up to 40 ms behind a place: what the agent does with what it has just heard takes less.
    pub fn kill(&mut self) -> Harm {
        Harm::Kill(u32::try_from(self.below(40_000)).unwrap_or(0))
    }
}
