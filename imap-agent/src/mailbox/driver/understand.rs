//! What the library read, in our own types. With the file above it the only one that names imap-proto.

use imap_proto::{
    AttributeValue, Capability, MailboxDatum, MessageSection, NameAttribute, Response, ResponseCode, SectionPath,
    Status, StatusAttribute, rfc4315::UidSetMember,
};

use super::super::{
    date,
    encoding::unescape,
    response::{Answer, Code, CopyUid, FolderFigures, Listed, MessageData, Untagged},
};

#[derive(Debug)]
pub(super) enum Said {
    Untagged(Untagged),
    GoOn(String),
    Done { tag: String, status: Answer, code: Option<Code>, text: String },
    Bye { code: Option<Code>, text: String },
    PreAuth,
}

impl Said {
    pub(super) fn is_news(&self) -> bool {
        matches!(self, Self::Untagged(untagged) if untagged.is_news())
    }
}

/// For the guard: whether the library understands one whole response.
pub(super) fn parses(response: &[u8]) -> bool {
    Response::parse(response).is_ok_and(|(rest, _)| rest.is_empty())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what the library knows besides is of no use to us")]
pub(super) fn understand(response: &Response<'_>) -> Said {
    match response {
        Response::Continue(words) => Said::GoOn(words.information.as_deref().unwrap_or_default().to_owned()),
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
        ResponseCode::HighestModSeq(number) => Code::HighestModSeq(*number),
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
        MailboxDatum::Status { mailbox, status } => Untagged::Status(unescape(mailbox), figures(status)),
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
