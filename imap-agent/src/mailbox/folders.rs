//! Folders: their names on the wire and for people, and which of them is Junk, Sent or Trash.

mod choice;
mod kept;
mod names;
mod train;

use std::{borrow::Cow, fmt};

pub use self::{choice::Junk, train::TrainFolders};
use super::{
    encoding::{decode_utf7, encode_utf7},
    login::quoted,
    response::{Code, CommandError, Listed, Untagged},
    session::Session,
};

/// More than any account has; a limit all the same.
const MAX_FOLDERS: usize = 100_000;

/// A folder's name, as it goes over the wire. INBOX is the same in any case, all else is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderName(String);

/// What a folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Unwanted mail.
    Junk,
    /// What the person has sent.
    Sent,
    /// What the person has thrown away.
    Trash,
    /// What the person has begun to write, or is about to send.
    Drafts,
}

impl Role {
    const ALL: [Self; 4] = [Self::Junk, Self::Sent, Self::Trash, Self::Drafts];
}

/// One folder of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its name.
    pub name: FolderName,
    /// What separates it from its parent; `None` if the server knows no hierarchy.
    pub delimiter: Option<char>,
    /// What the server says it is for.
    pub role: Option<Role>,
    /// Whether it only shows what lies in other folders: all mail, what is flagged, what is important (RFC 6154 §2, RFC
    /// 8457 §4).
    pub is_view: bool,
    /// Whether it can hold messages.
    pub is_selectable: bool,
}

/// All folders of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders(Vec<Folder>);

impl FolderName {
    /// The inbox.
    pub fn inbox() -> Self {
        Self("INBOX".to_owned())
    }

    /// From what a server has said or a database has kept.
    pub fn from_wire(wire: &str) -> Self {
        if wire.eq_ignore_ascii_case("INBOX") { Self::inbox() } else { Self(wire.to_owned()) }
    }

    /// From what a person has written.
    pub fn from_shown(shown: &str) -> Self {
        Self::from_wire(&encode_utf7(shown))
    }

    /// As it goes over the wire, and into a database.
    pub fn wire(&self) -> &str {
        &self.0
    }

    /// For people. A name that is not modified UTF-7, as it should be, is shown as it is.
    pub fn shown(&self) -> Cow<'_, str> {
        decode_utf7(&self.0).map_or(Cow::Borrowed(self.0.as_str()), Cow::Owned)
    }

    /// As an argument of a command.
    pub(super) fn argument(&self) -> String {
        quoted(&self.0)
    }
}

impl fmt::Display for FolderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// Whether a folder of that name, as people see it, is for other mail than junk: the inbox, what is sent, thrown away or
/// not finished.
pub fn is_for_other_mail(shown: &str) -> bool {
    let own = shown.rsplit(['/', '.']).next().unwrap_or(shown).trim().to_lowercase();
    let roles = [Role::Sent, Role::Trash, Role::Drafts];
    shown.trim().eq_ignore_ascii_case("INBOX") || roles.into_iter().any(|role| names::of(role).contains(&own.as_str()))
}

impl Folders {
    /// All of them, in the server's order.
    pub fn all(&self) -> &[Folder] {
        &self.0
    }

    /// The folder of that name.
    pub fn get(&self, name: &FolderName) -> Option<&Folder> {
        self.0.iter().find(|folder| folder.name == *name)
    }

    /// The folder the person names, as it is shown or as it goes over the wire.
    fn named(&self, wanted: &str) -> Option<&Folder> {
        let name = FolderName::from_shown(wanted);
        self.0.iter().find(|folder| folder.name == name || folder.name.wire() == wanted)
    }

    /// Whether the folder that the person calls so is for other mail than junk: as the server says, else by its name.
    pub fn is_for_other_mail(&self, wanted: &str) -> bool {
        let folder = self.named(wanted);
        let role = folder.and_then(|folder| folder.role);
        folder.is_some_and(|folder| folder.is_view)
            || role.map_or_else(|| is_for_other_mail(wanted), |role| role != Role::Junk)
    }

    /// The folder for that purpose: as the server says, else by its name in the main languages.
    pub fn find(&self, role: Role) -> Option<&Folder> {
        self.told(role).or_else(|| self.called(role).next())
    }

    /// The folder of which the server says so.
    fn told(&self, role: Role) -> Option<&Folder> {
        self.selectable().find(|folder| folder.role == Some(role))
    }

    /// Folders that bear a name for that purpose, the likeliest first, and of which the server does not say otherwise.
    fn called(&self, role: Role) -> impl Iterator<Item = &Folder> {
        let by_name = |name: &'static str| self.selectable().filter(move |folder| folder.is_called(name));
        names::of(role).iter().flat_map(move |name| by_name(name)).filter(|folder| folder.role.is_none())
    }

    fn selectable(&self) -> impl Iterator<Item = &Folder> {
        self.0.iter().filter(|folder| folder.is_selectable)
    }

    /// The name of a folder that the person calls so; `/` stands for the server's delimiter.
    fn place_of(&self, wanted: &str) -> FolderName {
        let delimiter = self.0.iter().find_map(|folder| folder.delimiter);
        let local = delimiter.map_or_else(|| wanted.replace('/', "-"), |own| wanted.replace('/', &own.to_string()));
        let prefix = self.prefix();
        let is_below = local.to_uppercase().starts_with(&prefix);
        FolderName::from_shown(&if is_below { local } else { format!("{prefix}{local}") })
    }

    /// What new folders' names must begin with: some servers keep everything below the inbox.
    fn prefix(&self) -> String {
        let Some(delimiter) = self.0.iter().find_map(|folder| folder.delimiter) else { return String::new() };
        let prefix = format!("INBOX{delimiter}");
        let inbox = FolderName::inbox();
        let mut others = self.0.iter().filter(|folder| folder.name != inbox).peekable();
        let is_needed =
            others.peek().is_some() && others.all(|folder| folder.name.0.to_ascii_uppercase().starts_with(&prefix));
        if is_needed { prefix } else { String::new() }
    }

    fn from_listed(listed: Vec<Listed>) -> Self {
        let mut folders: Vec<Folder> = Vec::new();
        for line in listed {
            // A name that was not text cannot be sent back.
            if line.name.is_empty() || line.name.contains(char::REPLACEMENT_CHARACTER) {
                continue;
            }
            let folder = Folder::from(line);
            match folders.iter_mut().find(|known| known.name == folder.name) {
                Some(known) => known.role = known.role.or(folder.role),
                None => folders.push(folder),
            }
        }
        Self(folders)
    }
}

impl Folder {
    /// Whether it bears that name at the top, or right below the inbox or a provider's `[…]` folder.
    fn is_called(&self, name: &str) -> bool {
        let (parent, own) = self.parent_and_own();
        let is_near = parent.is_empty() || parent == "inbox" || (parent.starts_with('[') && parent.ends_with(']'));
        is_near && own == name
    }

    /// The name of its parent, or nothing, and its own, in lower case.
    fn parent_and_own(&self) -> (String, String) {
        let shown = self.name.shown().to_lowercase();
        let parts = self.delimiter.and_then(|delimiter| shown.rsplit_once(delimiter));
        parts.map_or_else(
            || (String::new(), shown.trim().to_owned()),
            |(parent, own)| (parent.to_owned(), own.trim().to_owned()),
        )
    }
}

impl From<Listed> for Folder {
    fn from(line: Listed) -> Self {
        let has = |attribute: &str| line.attributes.iter().any(|known| known == attribute);
        let role = if has("\\junk") || has("\\spam") {
            Some(Role::Junk)
        } else if has("\\sent") {
            Some(Role::Sent)
        } else if has("\\trash") {
            Some(Role::Trash)
        } else if has("\\drafts") {
            Some(Role::Drafts)
        } else {
            None
        };
        let is_view = has("\\all") || has("\\allmail") || has("\\flagged") || has("\\important");
        let is_selectable = !has("\\noselect") && !has("\\nonexistent");
        Self { name: FolderName::from_wire(&line.name), delimiter: line.delimiter, role, is_view, is_selectable }
    }
}

impl Session {
    /// Lists all folders.
    pub async fn folders(&mut self) -> Result<Folders, CommandError> {
        let folders = self.list_folders().await?;
        self.trash = folders.find(Role::Trash).map(|folder| folder.name.clone());
        Ok(folders)
    }

    async fn list_folders(&mut self) -> Result<Folders, CommandError> {
        let dropped = self.dropped();
        let mut listed = Vec::new();
        // Many servers mark special folders without being asked; asking is an extension of an extension.
        if self.can("SPECIAL-USE") && self.can("LIST-EXTENDED") {
            match self.list("LIST \"\" \"*\" RETURN (SPECIAL-USE)", &mut listed).await {
                Ok(()) if dropped == self.dropped() && !listed.is_empty() => return Ok(Folders::from_listed(listed)),
                Err(error) if !error.leaves_session_usable() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        self.list("LIST \"\" \"*\"", &mut listed).await?;
        Ok(Folders::from_listed(listed))
    }

    /// The Junk folder: the one the person names, else the one there is, else a new one.
    pub async fn ensure_junk(&mut self, folders: &Folders, wanted: Option<&str>) -> Result<Junk, CommandError> {
        if let Some(junk) = self.junk(folders, wanted).await? {
            return Ok(junk);
        }
        if let Some(wanted) = wanted {
            let name = FolderName::from_shown(wanted);
            self.create(&name, Some(Role::Junk)).await?;
            return Ok(name.into());
        }
        let prefix = folders.prefix();
        let name = FolderName(format!("{prefix}Junk"));
        match self.create(&name, Some(Role::Junk)).await {
            Err(CommandError::No { .. }) if prefix.is_empty() => {}
            outcome => return outcome.map(|()| name.into()),
        }
        // An account that has only an inbox does not show whether everything must be below it.
        let delimiter = folders.all().iter().find_map(|folder| folder.delimiter).unwrap_or('.');
        let name = FolderName(format!("INBOX{delimiter}Junk"));
        self.create(&name, Some(Role::Junk)).await?;
        Ok(name.into())
    }

    /// The folder the person names, made if it is not there. `/` stands for the server's delimiter, unless a folder is
    /// called so.
    pub async fn ensure_folder(&mut self, folders: &Folders, wanted: &str) -> Result<FolderName, CommandError> {
        if let Some(folder) = folders.named(wanted) {
            return Ok(folder.name.clone());
        }
        let name = folders.place_of(wanted);
        if folders.get(&name).is_none() {
            self.create(&name, None).await?;
        }
        Ok(name)
    }

    /// Makes a folder and subscribes to it, so that other programs show it. One that exists already is fine.
    pub async fn create(&mut self, name: &FolderName, role: Option<Role>) -> Result<(), CommandError> {
        let plain = format!("CREATE {}", name.argument());
        let mut outcome = Err(CommandError::NotSent("no special use"));
        if let Some(role) = role.filter(|_| self.can("CREATE-SPECIAL-USE")) {
            outcome = self.command(&format!("{plain} (USE (\\{role:?}))"), |_| ()).await;
        }
        if outcome.as_ref().is_err_and(|error| error.leaves_session_usable() && !exists_already(error)) {
            outcome = self.command(&plain, |_| ()).await;
        }
        match outcome {
            Err(error) if !exists_already(&error) => return Err(error),
            Ok(_) | Err(_) => {}
        }
        match self.command(&format!("SUBSCRIBE {}", name.argument()), |_| ()).await {
            Err(error) if !error.leaves_session_usable() => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    async fn list(&mut self, line: &str, listed: &mut Vec<Listed>) -> Result<(), CommandError> {
        let note = |untagged| {
            if let Untagged::List(folder) = untagged
                && listed.len() < MAX_FOLDERS
            {
                listed.push(folder);
            }
        };
        self.command(line, note).await.map(drop)
    }
}

fn exists_already(error: &CommandError) -> bool {
    matches!(error, CommandError::No { code: Some(Code::AlreadyExists), .. })
}

#[cfg(test)]
mod tests;
