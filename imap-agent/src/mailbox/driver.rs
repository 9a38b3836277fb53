//! One command at a time over one connection. The only file that names async-imap and imap-proto.
//!
//! Of the library, only reading and parsing is used: its commands report success when the server refused or is gone. Here a
//! command is written by ourselves (so no password passes the library's log), and is done when the server answers its own
//! tag. From the first byte of a command to its answer the connection is marked as busy; whoever gives a command up in
//! between leaves it so, and a connection that is not ready refuses everything.

use std::{fmt, pin::pin, time::Duration};

use async_imap::Client;
use imap_proto::{
    AttributeValue, Capability, MailboxDatum, MessageSection, NameAttribute, Response, ResponseCode, SectionPath,
    Status, StatusAttribute, rfc4315::UidSetMember,
};
use tokio::{
    io::AsyncWriteExt as _,
    time::{Instant, timeout, timeout_at},
};

use super::{
    date,
    encoding::unescape,
    guard::{Fault, Guard},
    response::{
        Answer, Code, CommandError, Completed, CopyUid, FolderFigures, Greeting, Idled, Listed, Loss, MessageData,
        Untagged,
    },
    session::Stream,
};

/// No command may take longer in all, however busily the server talks.
const TOTAL_LIMIT: Duration = Duration::from_mins(30);

/// A server that does not answer `DONE` by then has forgotten us.
const DONE_LIMIT: Duration = Duration::from_secs(15);

/// `limit` is for each so many bytes of what is sent.
const WRITTEN_AT_ONCE: usize = 16 << 10;

pub(super) struct Connection {
    client: Client<Guard<Box<dyn Stream>>>,
    state: State,
    tags: u32,
    asked_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Busy,
    Broken,
}

impl Connection {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        let guard = Guard::new(stream, parses);
        Self { client: Client::new(guard), state: State::Ready, tags: 0, asked_at: Instant::now() }
    }

    /// Reads the greeting; nothing may be sent before.
    pub(super) async fn greeting(&mut self, limit: Duration) -> Result<Greeting, CommandError> {
        self.asked_at = Instant::now();
        self.state = State::Busy;
        let said = self.next(limit, self.asked_at + limit).await?;
        self.state = State::Ready;
        match said {
            Said::Untagged(Untagged::Code(code)) => Ok(Greeting::Ok(Some(code))),
            Said::Untagged(_) => Ok(Greeting::Ok(None)),
            Said::PreAuth => Ok(Greeting::PreAuth),
            Said::Bye { code, text } => Ok(Greeting::Bye { code, text }),
            Said::GoOn | Said::Done { .. } => Err(self.distrust(Fault::NotUnderstood)),
        }
    }

    /// Runs one command and waits for its own answer. `literal` is sent when the server asks for it; `limit` is the
    /// longest silence. `on` sees everything the server says before the answer, asked for or not.
    pub(super) async fn command(
        &mut self,
        line: &str,
        literal: Option<&[u8]>,
        limit: Duration,
        mut on: impl FnMut(Untagged),
    ) -> Result<Completed, CommandError> {
        let on = |untagged| {
            on(untagged);
            std::future::ready(())
        };
        self.converse(line, literal, limit, on).await
    }

    /// As [`Connection::command`], but the server is not listened to while `on` is at work: what it has to say stays on its
    /// way, and not in our memory.
    pub(super) async fn converse<F: Future<Output = ()>>(
        &mut self,
        line: &str,
        literal: Option<&[u8]>,
        limit: Duration,
        mut on: impl FnMut(Untagged) -> F,
    ) -> Result<Completed, CommandError> {
        let own_tag = self.send(line, limit).await?;
        let is_leaving = line == "LOGOUT";
        let end = self.asked_at + TOTAL_LIMIT;
        let mut literal = literal;
        loop {
            match self.next(limit, end).await? {
                Said::Untagged(untagged) => {
                    on(untagged).await;
                    // The server could not know that we were busy.
                    self.asked_at = Instant::now();
                }
                // A star cancels whatever else the server wants to hear.
                Said::GoOn => self.write(literal.take().unwrap_or(b"*"), limit).await?,
                Said::Done { tag, status, code, text } if tag == own_tag => {
                    if status == Answer::Ok && literal.is_some() {
                        return Err(self.distrust(Fault::OkTooEarly));
                    }
                    self.state = State::Ready;
                    return status.outcome(code, text);
                }
                Said::Bye { code, text } if !is_leaving => {
                    self.state = State::Broken;
                    return Err(CommandError::Bye { code, text });
                }
                Said::Done { .. } | Said::Bye { .. } | Said::PreAuth => {}
            }
        }
    }

    /// Waits for news by IDLE, for at most `limit` or until `wake` is done. Tagged NO and BAD mean that there is no IDLE.
    pub(super) async fn idle(
        &mut self,
        wake: impl Future<Output = ()>,
        limit: Duration,
        answer_limit: Duration,
    ) -> Result<Idled, CommandError> {
        let own_tag = self.send("IDLE", answer_limit).await?;
        let mut idled = Idled::Quiet;
        loop {
            let said = self.next(answer_limit, self.asked_at + answer_limit).await?;
            if let Some(ended) = self.idle_ended(&said, &own_tag)? {
                return Ok(ended);
            }
            if said.is_news() {
                idled = Idled::News;
            }
            if matches!(said, Said::GoOn) {
                break;
            }
        }
        let mut wake = pin!(wake);
        let end = Instant::now() + limit;
        while idled == Idled::Quiet {
            let said = tokio::select! {
                biased;
                said = timeout_at(end, self.read()) => said,
                () = &mut wake => { idled = Idled::Woken; break }
            };
            let Ok(said) = said else { break };
            let said = said?;
            if let Some(ended) = self.idle_ended(&said, &own_tag)? {
                return Ok(ended);
            }
            if said.is_news() {
                idled = Idled::News;
            }
        }
        self.end_idle(&own_tag, idled).await
    }

    async fn end_idle(&mut self, own_tag: &str, mut idled: Idled) -> Result<Idled, CommandError> {
        self.asked_at = Instant::now();
        let end = self.asked_at + DONE_LIMIT;
        self.write(b"DONE", DONE_LIMIT).await?;
        loop {
            let said = self.next(DONE_LIMIT, end).await?;
            if self.idle_ended(&said, own_tag)?.is_some() {
                return Ok(idled);
            }
            if said.is_news() {
                idled = Idled::News;
            }
        }
    }

    /// Whether this answers the IDLE of that tag.
    fn idle_ended(&mut self, said: &Said, own_tag: &str) -> Result<Option<Idled>, CommandError> {
        match said {
            Said::Done { tag, status, .. } if tag == own_tag => {
                self.state = State::Ready;
                Ok(Some(if *status == Answer::Ok { Idled::EndedByServer } else { Idled::NotOffered }))
            }
            Said::Bye { code, text } => {
                self.state = State::Broken;
                Err(CommandError::Bye { code: code.clone(), text: text.clone() })
            }
            Said::Done { .. } | Said::Untagged(_) | Said::GoOn | Said::PreAuth => Ok(None),
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        self.state == State::Ready
    }

    /// How many responses were dropped because nobody could read them.
    pub(super) fn dropped(&self) -> u64 {
        self.client.get_ref().dropped()
    }

    /// Sets the longest literal the server may send.
    pub(super) fn set_literal_limit(&mut self, bytes: usize) {
        self.client.get_mut().set_literal_limit(bytes);
    }

    /// The stream for STARTTLS, or `None` if the server has said more than was read.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        self.client.into_inner().into_inner()
    }

    /// Closes the stream, so that the server sees an end and not a silence.
    pub(super) async fn close(mut self) {
        // Nobody is left to tell if this fails.
        timeout(Duration::from_secs(1), self.client.get_mut().shutdown()).await.ok();
    }

    async fn send(&mut self, line: &str, limit: Duration) -> Result<String, CommandError> {
        if self.state != State::Ready {
            return Err(CommandError::Lost(Loss::GivenUp));
        }
        if line.contains(['\r', '\n', '\0']) {
            return Err(CommandError::NotSent("a line break in a command"));
        }
        self.state = State::Busy;
        self.tags = self.tags.wrapping_add(1);
        self.asked_at = Instant::now();
        let tag = format!("T{}", self.tags);
        let command = crate::secret::Secret::new(format!("{tag} {line}"));
        self.write(command.expose().as_bytes(), limit).await?;
        Ok(tag)
    }

    async fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), CommandError> {
        // Piece by piece, as a large message takes its time on a slow line.
        for piece in bytes.chunks(WRITTEN_AT_ONCE).chain([&b"\r\n"[..]]) {
            match timeout(limit, self.client.get_mut().write_all(piece)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(self.lose(loss(&error))),
                Err(_) => return Err(self.time_out()),
            }
        }
        match timeout(limit, self.client.get_mut().flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.lose(loss(&error))),
            Err(_) => Err(self.time_out()),
        }
    }

    /// The next thing the server says, unless it is silent for `limit` or `end` comes.
    async fn next(&mut self, limit: Duration, end: Instant) -> Result<Said, CommandError> {
        loop {
            let heard_at = self.client.get_ref().heard_at().max(self.asked_at);
            let deadline = (heard_at + limit).min(end);
            if let Ok(said) = timeout_at(deadline, self.read()).await {
                return said;
            }
            let is_progress = heard_at < self.client.get_ref().heard_at();
            if !is_progress || end <= Instant::now() {
                return Err(self.time_out());
            }
        }
    }

    /// May be dropped at any time without losing anything.
    async fn read(&mut self) -> Result<Said, CommandError> {
        match self.client.read_response().await {
            Ok(Some(response)) => Ok(understand(response.parsed())),
            Ok(None) => Err(self.lose(Loss::Closed)),
            Err(error) => Err(self.lose(loss(&error))),
        }
    }

    fn lose(&mut self, loss: Loss) -> CommandError {
        self.state = State::Broken;
        CommandError::Lost(loss)
    }

    /// Gives the connection up because of what the server said.
    pub(super) fn distrust(&mut self, fault: Fault) -> CommandError {
        self.lose(Loss::Unreadable(fault.to_string()))
    }

    fn time_out(&mut self) -> CommandError {
        self.state = State::Broken;
        CommandError::Timeout
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("state", &self.state).finish_non_exhaustive()
    }
}

#[derive(Debug)]
enum Said {
    Untagged(Untagged),
    GoOn,
    Done { tag: String, status: Answer, code: Option<Code>, text: String },
    Bye { code: Option<Code>, text: String },
    PreAuth,
}

impl Said {
    fn is_news(&self) -> bool {
        matches!(self, Self::Untagged(untagged) if untagged.is_news())
    }
}

fn loss(error: &std::io::Error) -> Loss {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>()) {
        Some(fault) => Loss::Unreadable(fault.to_string()),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => Loss::Closed,
        None => Loss::Network(error.kind()),
    }
}

/// For the guard: whether the library understands one whole response.
fn parses(response: &[u8]) -> bool {
    Response::parse(response).is_ok_and(|(rest, _)| rest.is_empty())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what the library knows besides is of no use to us")]
fn understand(response: &Response<'_>) -> Said {
    match response {
        Response::Continue(_) => Said::GoOn,
        Response::Done { tag, status, outcome } => {
            let (code, text) = words(outcome.code.as_ref(), outcome.information.as_deref());
            let status = match status {
                Status::Ok | Status::PreAuth => Answer::Ok,
                Status::No => Answer::No,
                Status::Bad | Status::Bye => Answer::Bad,
            };
            Said::Done { tag: tag.0.clone(), status, code, text }
        }
        Response::Data { status: Status::PreAuth, .. } => Said::PreAuth,
        Response::Data { status, outcome } => {
            let (code, text) = words(outcome.code.as_ref(), outcome.information.as_deref());
            match code {
                code if *status == Status::Bye => Said::Bye { code, text },
                Some(code) => Said::Untagged(Untagged::Code(code)),
                None => Said::Untagged(Untagged::Other),
            }
        }
        Response::Capabilities(list) => Said::Untagged(Untagged::Capability(capabilities(list))),
        Response::Expunge(number) => Said::Untagged(Untagged::Expunge(*number)),
        Response::Vanished { earlier: false, uids } => Said::Untagged(Untagged::Vanished(uids.clone())),
        Response::Fetch(_, attributes) => Said::Untagged(Untagged::Fetch(Box::new(message_data(attributes)))),
        Response::MailboxData(datum) => Said::Untagged(folder_data(datum)),
        _ => Said::Untagged(Untagged::Other),
    }
}

fn words(code: Option<&ResponseCode<'_>>, text: Option<&str>) -> (Option<Code>, String) {
    let text = text.unwrap_or_default();
    let (code, text) = code.map_or_else(|| Code::split(text), |known| (Some(known_code(known)), text.trim()));
    // It may be shown to the person, so it is kept short and plain.
    (code, text.chars().filter(|letter| !letter.is_control()).take(300).collect())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "codes without a use of their own keep the library's name")]
fn known_code(code: &ResponseCode<'_>) -> Code {
    match code {
        ResponseCode::Alert => Code::Alert,
        ResponseCode::AppendUid(uid_validity, set) if let [UidSetMember::Uid(uid)] = &**set => {
            Code::AppendUid { uid_validity: *uid_validity, uid: *uid }
        }
        ResponseCode::Capabilities(list) => Code::Capability(capabilities(list)),
        ResponseCode::CopyUid(uid_validity, from, to) => {
            Code::CopyUid(CopyUid { uid_validity: *uid_validity, from: ranges(from), to: ranges(to) })
        }
        ResponseCode::PermanentFlags(flags) => Code::PermanentFlags(owned(flags)),
        ResponseCode::ReadOnly => Code::ReadOnly,
        ResponseCode::ReadWrite => Code::ReadWrite,
        ResponseCode::TryCreate => Code::TryCreate,
        ResponseCode::UidNext(uid) => Code::UidNext(*uid),
        ResponseCode::UidValidity(value) => Code::UidValidity(*value),
        other => Code::Other(format!("{other:?}")),
    }
}

fn ranges(set: &[UidSetMember]) -> Vec<std::ops::RangeInclusive<u32>> {
    let range = |member: &UidSetMember| match member {
        UidSetMember::Uid(uid) => *uid..=*uid,
        UidSetMember::UidRange(range) => range.clone(),
    };
    set.iter().map(range).collect()
}

fn capabilities(list: &[Capability<'_>]) -> Vec<String> {
    let name = |capability: &Capability<'_>| match capability {
        Capability::Imap4rev1 => "IMAP4rev1".to_owned(),
        Capability::Auth(mechanism) => format!("AUTH={mechanism}"),
        Capability::Atom(name) => name.clone().into_owned(),
    };
    list.iter().map(name).collect()
}

fn owned(words: &[std::borrow::Cow<'_, str>]) -> Vec<String> {
    words.iter().map(|word| word.clone().into_owned()).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "attributes we never ask for")]
fn message_data(attributes: &[AttributeValue<'_>]) -> MessageData {
    let mut message = MessageData::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => message.uid = Some(*uid),
            AttributeValue::Flags(flags) => message.flags = Some(owned(flags)),
            AttributeValue::Rfc822Size(size) => message.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(date) => message.internal_date = date::parse_internal_date(date),
            AttributeValue::BodySection { section: None, data, .. } => {
                message.body = data.as_deref().map(<[u8]>::to_vec);
            }
            AttributeValue::BodySection { section: Some(SectionPath::Full(MessageSection::Header)), data, .. } => {
                message.header = data.as_deref().map(<[u8]>::to_vec);
            }
            _ => {}
        }
    }
    message
}

#[expect(clippy::wildcard_enum_match_arm, reason = "data we never ask for")]
fn folder_data(datum: &MailboxDatum<'_>) -> Untagged {
    match datum {
        MailboxDatum::Exists(count) => Untagged::Exists(*count),
        MailboxDatum::Flags(flags) => Untagged::Flags(owned(flags)),
        MailboxDatum::Search(uids) => Untagged::Search(uids.clone()),
        MailboxDatum::Status { status, .. } => Untagged::Status(figures(status)),
        MailboxDatum::List(folder) => Untagged::List(Listed {
            attributes: folder.name_attributes.iter().map(attribute).collect(),
            delimiter: folder.delimiter.as_deref().map(unescape).and_then(|text| text.chars().next()),
            name: unescape(&folder.name),
        }),
        _ => Untagged::Other,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the type may grow, and unread mail is nothing to us")]
fn figures(attributes: &[StatusAttribute]) -> FolderFigures {
    let mut figures = FolderFigures::default();
    for attribute in attributes {
        match attribute {
            StatusAttribute::Messages(count) => figures.messages = Some(*count),
            StatusAttribute::UidNext(uid) => figures.uid_next = Some(*uid),
            StatusAttribute::UidValidity(value) => figures.uid_validity = Some(*value),
            _ => {}
        }
    }
    figures
}

fn attribute(attribute: &NameAttribute<'_>) -> String {
    if let NameAttribute::Extension(text) = attribute {
        return text.to_ascii_lowercase();
    }
    format!("\\{attribute:?}").to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
