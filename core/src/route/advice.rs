//! How a domain stands, and what could be better, in plain sentences.

use super::{Exchanges, addresses};
use crate::{
    api::{Advice, AdviceState},
    dns::{DnsKind, DnsRecord},
    evidence::{Answer, Evidence, Query},
    explain::harmless,
    mail::Domain,
};

use AdviceState::{Bad, Good, Note, Unknown};

/// The names whose texts say something of a domain.
pub(super) fn texts(domain: &Domain, selectors: &[String]) -> Vec<String> {
    let mut names = vec![domain.to_string(), format!("_dmarc.{domain}"), format!("_mta-sts.{domain}")];
    if domain.registrable() != *domain {
        names.push(format!("_dmarc.{}", domain.registrable()));
    }
    names.extend(selectors.iter().map(|selector| key_name(selector, domain)));
    names
}

fn key_name(selector: &str, domain: &Domain) -> String {
    format!("{}._domainkey.{domain}", selector.to_ascii_lowercase())
}

/// Everything there is to say.
pub(super) fn advice(
    domain: &Domain,
    selectors: &[String],
    exchanges: Option<&Exchanges>,
    answers: &Evidence,
) -> Vec<Advice> {
    let mut all = servers(domain, exchanges, answers);
    all.push(spf(domain, answers));
    all.push(dmarc(domain, answers));
    all.extend(dkim(domain, selectors, answers));
    all.extend(transport(domain, exchanges, answers));
    all
}

fn say(topic: &str, state: AdviceState, text: impl Into<String>) -> Advice {
    Advice { topic: topic.to_owned(), state, text: text.into() }
}

fn servers(domain: &Domain, exchanges: Option<&Exchanges>, answers: &Evidence) -> Vec<Advice> {
    const TOPIC: &str = "Mail servers";
    let asked = answers.answer(&Query::dns(domain.as_str(), DnsKind::Mx));
    let Some(exchanges) = exchanges else {
        let why = match asked {
            Some(Answer::Unknown(why)) => format!(": {}", harmless(why)),
            _ => String::new(),
        };
        return vec![say(TOPIC, Unknown, format!("Nobody could say who takes mail for {domain}{why}."))];
    };
    if asked == Some(&Answer::NoName) {
        return vec![say(TOPIC, Bad, format!("There is no domain {domain}, so nobody can write to you there."))];
    }
    let mut all = Vec::new();
    match &exchanges.list[..] {
        [] => all.push(say(TOPIC, Bad, format!("{domain} says that it takes no mail at all, so others do not even try."))),
        [_] if asked == Some(&Answer::Absent) => all.push(say(
            TOPIC,
            Note,
            format!(
                "{domain} does not name a server for its mail (MX), so others try the host {domain} itself. An MX record says it \
                 plainly."
            ),
        )),
        [one] => all.push(say(
            TOPIC,
            Good,
            format!(
                "{} takes your mail, alone. That is enough: while it is away, others keep what they have for you and try \
                 again for days.",
                one.host
            ),
        )),
        more => all.push(say(TOPIC, Good, format!("{} servers take your mail.", more.len()))),
    }
    for backup in exchanges.list.iter().filter(|one| one.is_backup) {
        let text = format!(
            "{} takes your mail when others are away. Spammers like to go there first, as such a server often looks less \
             closely; unless it filters as the first one does, you are better off without it.",
            backup.host
        );
        all.push(say(TOPIC, Note, text));
    }
    all.extend(exchanges.list.iter().filter_map(|one| reach(&one.host, answers)));
    all
}

/// Whether a server can be reached.
fn reach(host: &str, answers: &Evidence) -> Option<Advice> {
    const TOPIC: &str = "Mail servers";
    let asked = [DnsKind::A, DnsKind::Aaaa].map(|kind| answers.answer(&Query::dns(host, kind)));
    if addresses(host, answers).next().is_some() {
        let is_old_only = matches!(asked, [Some(Answer::Records(_)), Some(Answer::Absent | Answer::NoName)]);
        let text = format!("{host} has no IPv6 address. That is fine: everybody can still reach it by IPv4.");
        return is_old_only.then(|| say(TOPIC, Good, text));
    }
    let is_known = asked.iter().all(|answer| matches!(answer, Some(Answer::Absent | Answer::NoName)));
    is_known.then(|| {
        say(
            TOPIC,
            Bad,
            format!("{host} has no address, so nobody can reach it. Put its name right, or take it off the list."),
        )
    })
}

/// The texts under a name that begin with such a word, or why they are not known.
fn texts_of<'a>(name: &str, begins: &str, answers: &'a Evidence) -> Result<Vec<&'a str>, String> {
    match answers.answer(&Query::dns(name, DnsKind::Txt)) {
        Some(Answer::Records(records)) => Ok(records
            .iter()
            .filter_map(|record| {
                let DnsRecord::Text(text) = record else { return None };
                Some(text.trim())
            })
            .filter(|text| {
                let head = text.get(..begins.len()).unwrap_or_default();
                let rest = text.get(begins.len()..).unwrap_or_default();
                head.eq_ignore_ascii_case(begins) && (rest.is_empty() || rest.starts_with([' ', ';', '\t']))
            })
            .collect()),
        Some(Answer::Absent | Answer::NoName) => Ok(Vec::new()),
        Some(Answer::Unknown(why)) => Err(format!("Nobody could be asked about it ({}).", harmless(why))),
        _ => Err("Nobody could be asked about it.".to_owned()),
    }
}

fn spf(domain: &Domain, answers: &Evidence) -> Advice {
    const TOPIC: &str = "SPF";
    let records = match texts_of(domain.as_str(), "v=spf1", answers) {
        Ok(records) => records,
        Err(why) => return say(TOPIC, Unknown, why),
    };
    let [record] = records[..] else {
        return if records.is_empty() {
            let text = "{domain} does not say which servers may send its mail, so others cannot tell your mail from what is \
                        sent in your name. Publish the TXT record that your provider's help names; it begins with v=spf1.";
            say(TOPIC, Bad, text.replace("{domain}", domain.as_str()))
        } else {
            let text = format!(
                "{domain} has {} SPF records, and with more than one none counts. Make them one.",
                records.len()
            );
            say(TOPIC, Bad, text)
        };
    };
    let words: Vec<String> = record.split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
    let has = |word: &str| words.iter().any(|known| known == word);
    if has("+all") || has("all") {
        say(TOPIC, Bad, "The record lets every server in the world send in your name (+all). End it with -all or ~all.")
    } else if has("-all") || has("~all") {
        say(TOPIC, Good, "The record says which servers may send your mail.")
    } else if words.iter().any(|word| word.starts_with("redirect=")) {
        say(TOPIC, Good, "The record takes over what another domain says of its servers.")
    } else {
        say(TOPIC, Note, "The record does not say what to make of other servers. End it with -all or ~all.")
    }
}

fn dmarc(domain: &Domain, answers: &Evidence) -> Advice {
    const TOPIC: &str = "DMARC";
    let own = texts_of(&format!("_dmarc.{domain}"), "v=DMARC1", answers);
    let registrable = domain.registrable();
    let (records, of) = match own {
        Ok(records) if records.is_empty() && registrable != *domain => {
            (texts_of(&format!("_dmarc.{registrable}"), "v=DMARC1", answers), registrable)
        }
        own => (own, domain.clone()),
    };
    let record = match records.as_deref() {
        Err(why) => return say(TOPIC, Unknown, why.as_str()),
        Ok([]) => {
            let text = "{domain} does not say what others should do with mail that only pretends to be from it. Publish a TXT \
                        record at _dmarc.{domain}; \"v=DMARC1; p=none; rua=mailto:YOU\" has reports sent to you and changes nothing \
                        yet.";
            return say(TOPIC, Bad, text.replace("{domain}", domain.as_str()));
        }
        Ok([record]) => *record,
        Ok(_) => {
            return say(TOPIC, Bad, format!("{of} has more than one DMARC record, so none counts. Make them one."));
        }
    };
    let tag = |name: &str| {
        record.split(';').find_map(|tag| {
            let (key, value) = tag.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_ascii_lowercase())
        })
    };
    let policy = if of == *domain { tag("p") } else { tag("sp").or_else(|| tag("p")) };
    match policy.as_deref() {
        Some("reject" | "quarantine") => {
            say(TOPIC, Good, "Others are asked to refuse or put aside what only pretends to be from you.")
        }
        Some("none") => {
            let text = "The record only watches (p=none): what pretends to be from you is taken in like your own mail. Once the \
                        reports show that yours passes, write p=quarantine or p=reject.";
            say(TOPIC, Note, text)
        }
        Some(_) | None => say(
            TOPIC,
            Bad,
            "The record names no policy that exists (p=none, quarantine or reject), so it does not count.",
        ),
    }
}

fn dkim(domain: &Domain, selectors: &[String], answers: &Evidence) -> Vec<Advice> {
    const TOPIC: &str = "DKIM";
    if selectors.is_empty() {
        let text = "Whether your mail is signed cannot be looked up without the name of the key. Send yourself a message: in its \
                    line DKIM-Signature it stands behind s=, and --selector takes it.";
        return vec![say(TOPIC, Note, text)];
    }
    let one = |selector: &String| {
        let shown = harmless(selector);
        let records = match answers.answer(&Query::dns(key_name(selector, domain), DnsKind::Txt)) {
            Some(Answer::Records(records)) => records,
            Some(Answer::Absent | Answer::NoName) => {
                let text =
                    format!("There is no key {shown}, so what is signed with it counts as unsigned. Publish it again.");
                return say(TOPIC, Bad, text);
            }
            _ => return say(TOPIC, Unknown, format!("Nobody could be asked for the key {shown}.")),
        };
        let texts = records.iter().filter_map(|record| {
            let DnsRecord::Text(text) = record else { return None };
            Some(text.as_str())
        });
        let key = texts.flat_map(|text| text.split(';')).find_map(|tag| {
            let (name, value) = tag.split_once('=')?;
            (name.trim() == "p").then(|| value.split_ascii_whitespace().collect::<String>())
        });
        match key.as_deref() {
            Some("") => say(
                TOPIC,
                Bad,
                format!("The key {shown} has been withdrawn (p= is empty): what is signed with it fails."),
            ),
            Some(_) => say(TOPIC, Good, format!("The key {shown} is published.")),
            None => say(TOPIC, Bad, format!("What is published as the key {shown} is none (it has no p=).")),
        }
    };
    selectors.iter().map(one).collect()
}

/// Whether servers that send to the domain can be sure that nobody reads along.
fn transport(domain: &Domain, exchanges: Option<&Exchanges>, answers: &Evidence) -> Vec<Advice> {
    const TOPIC: &str = "Encryption on the way";
    let mut all = Vec::new();
    let hosts: Vec<&str> = exchanges.iter().flat_map(|all| &all.list).map(|one| one.host.as_str()).collect();
    let pinned = |host: &&&str| {
        let asked = answers.answer(&Query::dns(format!("_25._tcp.{host}"), DnsKind::Tlsa));
        matches!(asked, Some(Answer::Records(_)))
    };
    let count = hosts.iter().filter(pinned).count();
    let has_rule = texts_of(&format!("_mta-sts.{domain}"), "v=STSv1", answers).is_ok_and(|rules| rules.len() == 1);
    if 0 < count && count < hosts.len() {
        let text =
            "Only some of the servers say what their certificate has to be (TLSA); a sender can be led to the others.";
        all.push(say(TOPIC, Note, text));
    } else if 0 < count {
        all.push(say(
            TOPIC,
            Good,
            "The servers say what their certificate has to be (TLSA). Whether the zone is signed was not looked at.",
        ));
    }
    if has_rule {
        all.push(say(
            TOPIC,
            Good,
            "Senders are told that they must encrypt (MTA-STS). The rule itself was not fetched.",
        ));
    }
    if count == 0 && !has_rule && !hosts.is_empty() {
        let text = "Nothing obliges others to encrypt what they send you (neither TLSA nor MTA-STS); nearly all of them do so \
                    all the same. Your provider can say whether it offers one of the two.";
        all.push(say(TOPIC, Note, text));
    }
    all
}
