//! The `[rules]` section: the person's own rules, and where rules come from that are updated.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;

/// Which rules are run besides those that come with Tamis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Files and folders of the person's own, in this order. What is not absolute begins where the settings are.
    pub paths: Vec<PathBuf>,
    /// Where `tamis-agent rules update` finds newer rules. `None`: there are none but those that came with Tamis.
    pub update: Option<RuleSource>,
    /// The minisign public key that those are signed with. Always there with [`Rules::update`].
    pub update_key: Option<String>,
}

/// A place with signed rules: `rules.tar.gz` and its signature `rules.tar.gz.minisig`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSource {
    /// An `https` address, without a slash at its end.
    Web(String),
    /// A folder on this machine.
    Folder(PathBuf),
}

impl RuleSource {
    /// Reads an address or the path of a folder. What is wrong is said as the end of a sentence.
    pub fn parse(written: &str) -> Result<Self, &'static str> {
        let written = written.trim();
        if written.is_empty() || written.contains(char::is_control) {
            return Err("must be the path of a folder or an address that begins with https://");
        }
        let Some((scheme, rest)) = written.split_once("://") else { return Ok(Self::Folder(PathBuf::from(written))) };
        if !scheme.eq_ignore_ascii_case("https") {
            return Err("must begin with https:// if it is an address");
        }
        let is_plain = rest.chars().all(|c| c.is_ascii_graphic() && !"@?#\\".contains(c));
        if !is_plain || rest.starts_with('/') || rest.is_empty() {
            return Err("must be a host and a folder after https://, such as https://example.org/rules");
        }
        Ok(Self::Web(format!("https://{}", rest.trim_end_matches('/'))))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RulesSection {
    paths: Vec<Spanned<String>>,
    update: Option<Spanned<String>>,
    update_key: Option<Spanned<String>>,
}

impl RulesSection {
    pub(super) fn apply(self, text: &str, rules: &mut Rules) -> Result<(), ConfigError> {
        for written in self.paths {
            if written.get_ref().trim().is_empty() || written.get_ref().contains(char::is_control) {
                let what = "`paths` must be names of files and folders".to_owned();
                return Err(ConfigError::at(text, &written.span(), what));
            }
            rules.paths.push(PathBuf::from(written.into_inner()));
        }
        if let Some(key) = &self.update_key {
            // Two letters, an eight-byte number and 32 bytes of key, in base64.
            let is_key = key.get_ref().len() == 56 && key.get_ref().starts_with("RW");
            if !is_key {
                let what = "`update_key` must be a minisign public key: 56 letters that begin with RW".to_owned();
                return Err(ConfigError::at(text, &key.span(), what));
            }
            rules.update_key = Some(key.get_ref().clone());
        }
        let Some(written) = self.update else { return Ok(()) };
        let wrong = |what: &str| ConfigError::at(text, &written.span(), format!("`update` {what}"));
        let source = RuleSource::parse(written.get_ref()).map_err(wrong)?;
        if let RuleSource::Folder(folder) = &source
            && !folder.is_absolute()
        {
            return Err(wrong("must be a whole path, from the root on, or begin with https://"));
        }
        if rules.update_key.is_none() {
            return Err(wrong("needs `update_key`, the public key that the rules there are signed with"));
        }
        rules.update = Some(source);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_folder_or_a_protected_address() {
        let web = |text: &str| Ok(RuleSource::Web(text.to_owned()));
        for (written, want) in [
            ("/srv/rules", Ok(RuleSource::Folder(PathBuf::from("/srv/rules")))),
            ("rules", Ok(RuleSource::Folder(PathBuf::from("rules")))),
            ("https://example.org/rules/", web("https://example.org/rules")),
            ("HTTPS://example.org:8443", web("https://example.org:8443")),
            ("http://example.org/rules", Err("must begin with https:// if it is an address")),
            ("file:///srv/rules", Err("must begin with https:// if it is an address")),
            ("", Err("must be the path of a folder or an address that begins with https://")),
        ] {
            assert_eq!(RuleSource::parse(written), want, "{written}");
        }
        for written in [
            "https://",
            "https:///x",
            "https://a b",
            "https://me:secret@example.org",
            "https://a/?b",
            "https://ä.example",
        ] {
            assert!(RuleSource::parse(written).is_err(), "{written}");
        }
    }
}
