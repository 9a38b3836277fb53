//! The print of a whole message.

use xxhash_rust::xxh3::xxh3_64;

use super::{Alike, Sketch};
use crate::{
    checks::is_report,
    mail::{Mail, TextPart, Url},
};

/// Smaller files are logos, points that count readers, and empty pages.
const LEAST_FILE_BYTES: usize = 1024;

/// Most files of a message that are kept.
const MOST_FILES: usize = 8;

/// Most links of a message that are put together.
const MOST_LINKS: usize = 200;

/// A single link has to lead to a page of its own: so many characters behind the host.
const LEAST_PATH: usize = 8;

/// What a message is known again by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Print {
    /// Of the text that is shown, if there is enough of it.
    pub text: Option<Sketch>,
    /// A number for each attached file.
    pub files: Vec<u64>,
    /// A number for all links together.
    pub links: Option<u64>,
    /// A number for the address of the person that it came to.
    pub recipient: u64,
    /// A number for the domain of the sender.
    pub sender: u64,
}

impl Print {
    /// That of a message.
    pub fn of(mail: &Mail<'_>) -> Self {
        // What mail servers report they say in the same words, whoever runs them.
        let is_server = mail.content_type() == "multipart/report" || is_report(mail);
        let text = shown(mail).filter(|_| !is_server).and_then(|text| Sketch::of(&text));
        // What all mail of a list has below it are the links of the list.
        let is_list = ["List-Id", "List-Post", "X-BeenThere"].into_iter().any(|name| mail.has_header(name));
        let sender = mail.author().and_then(|author| author.address.as_ref());
        Self {
            files: files(mail, text.is_some()),
            links: if is_list { None } else { links(mail.urls()) },
            recipient: xxh3_64(recipient(mail).as_bytes()),
            sender: sender.map_or(0, |sender| xxh3_64(sender.domain.registrable().as_str().as_bytes())),
            text,
        }
    }

    /// Whether there is nothing to know it by.
    pub fn is_blank(&self) -> bool {
        self.text.is_none() && self.files.is_empty() && self.links.is_none()
    }

    /// What it has in common with another.
    pub fn alike(&self, other: &Self) -> Alike {
        let likeness = match (&self.text, &other.text) {
            (Some(ours), Some(theirs)) => ours.likeness(theirs),
            (None, _) | (_, None) => Default::default(),
        };
        Alike {
            is_text: likeness.is_alike(),
            is_same_text: likeness.is_same(),
            is_file: self.files.iter().any(|file| other.files.contains(file)),
            is_links: self.links.is_some() && self.links == other.links,
        }
    }
}

/// The text of a message by which it is known again: the page if there is one that says anything, as that is what mail
/// programs show, else the plain text.
pub fn shown(mail: &Mail<'_>) -> Option<String> {
    let all = |is_html: bool| {
        let texts = mail.texts().iter().filter(|part: &&TextPart| part.is_html == is_html);
        texts.map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    };
    let (page, plain) = (all(true), all(false));
    // A page may be a picture, and what the plain text says stands in its place.
    let text = if page.len() < plain.len() / 4 { plain } else { page };
    (!text.is_empty()).then_some(text)
}

/// Of a message with much text, pictures that are shown in it are ornaments: a logo is in honest and in forged mail.
fn files(mail: &Mail<'_>, has_text: bool) -> Vec<u64> {
    let is_ornament = |is_inline: bool, kind: &str| has_text && is_inline && kind.starts_with("image/");
    let mut files: Vec<u64> = mail
        .attachments()
        .iter()
        .filter(|file| LEAST_FILE_BYTES <= file.size && !is_ornament(file.is_inline, &file.content_type))
        // Of the last file only the beginning may be there.
        .filter(|_| !mail.is_truncated)
        .map(|file| file.digest)
        .take(MOST_FILES)
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Hosts and paths; what follows `?` or `#` is often the reader's own.
fn links(urls: &[Url]) -> Option<u64> {
    let is_web = |url: &&Url| matches!(url.scheme.as_str(), "http" | "https");
    let bare = |url: &Url| {
        let path = url.path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        format!("{}{path}", url.host_name())
    };
    let mut links: Vec<String> = urls.iter().filter(is_web).take(MOST_LINKS).map(bare).collect();
    links.sort_unstable();
    links.dedup();
    let is_telling = match links.as_slice() {
        [] => false,
        [only] => only.split_once('/').is_some_and(|(_, path)| LEAST_PATH <= path.len()),
        _ => true,
    };
    is_telling.then(|| xxh3_64(links.join("\n").as_bytes()))
}

/// Which of the person's addresses it came to, as far as that shows.
fn recipient(mail: &Mail<'_>) -> String {
    let named = || mail.to().iter().chain(mail.cc()).filter_map(|to| to.address.as_ref());
    let own = named().find(|to| mail.account.is_me(to)).or_else(|| mail.account.identities.first());
    let delivered = mail.delivered_to();
    delivered.as_ref().or(own).map_or_else(String::new, |address| address.to_string().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Arrival;

    fn print(text: &str) -> Print {
        Print::of(&Mail::parse(text.as_bytes(), &Arrival::default()))
    }

    #[test]
    fn links_are_the_same_whatever_is_counted_with_them() {
        let with = |links: &str| print(&format!("From: a@b.example\n\n{links}\n")).links;
        let known = with("https://shop.example/spring/offer?u=1 http://pics.example/x");
        assert!(known.is_some());
        assert_eq!(with("http://pics.example/x#7 https://shop.example/spring/offer?u=2"), known);
        assert_ne!(with("https://shop.example/spring/other http://pics.example/x"), known);
        assert_eq!(with("see https://bit.ly/"), None, "a host that everybody uses");
        assert_eq!(with("nothing"), None);
    }

    #[test]
    fn a_file_is_known_by_its_content_and_a_logo_is_no_file() {
        let body = "A".repeat(2000);
        let with = |name: &str, head: &str| {
            print(&format!(
                "Content-Type: multipart/mixed; boundary=b\n\n--b\n{head}\nContent-Disposition: attachment; \
                 filename={name}\n\n{body}\n--b--\n"
            ))
            .files
        };
        let known = with("one.bin", "Content-Type: application/octet-stream");
        assert_eq!(known.len(), 1);
        assert_eq!(with("two.bin", "Content-Type: application/pdf"), known);
        assert_eq!(print("Content-Type: application/pdf\n\nshort").files, [0; 0]);
    }

    #[test]
    fn of_page_and_plain_text_the_page_counts() {
        let words = "alpha bravo charlie delta echoes foxtrot golfing hotels indian juliet kilograms limas";
        let two = print(&format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{}\n--b\nContent-Type: \
             text/html\n\n<p>{words}</p>\n--b--\n",
            "quite another salad of words"
        ));
        assert_eq!(two.text, Sketch::of(words));
        assert!(two.text.is_some());
    }
}
