//! The plugins of SpamAssassin 4.0.1: what they are called, which functions rules can call in them, and what rules can ask
//! of them with `can`. Whether a function is there to be called is what [`crate::rules::eval`] knows.

/// One plugin.
#[derive(Debug)]
pub struct Plugin {
    /// Its name after `Mail::SpamAssassin::Plugin::`.
    pub name: &'static str,
    /// Whether it is on where Debian installs SpamAssassin.
    pub is_usual: bool,
    /// Whether its functions ask the network.
    pub asks_network: bool,
    /// Functions that rules call with `eval:`.
    pub functions: &'static [&'static str],
    /// Functions that exist to be asked for.
    pub features: &'static [&'static str],
}

const PREFIX: &str = "Mail::SpamAssassin::Plugin::";

impl Plugin {
    /// `Mail::SpamAssassin::Plugin::DKIM`
    pub fn full_name(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    const fn usual(name: &'static str, functions: &'static [&'static str], features: &'static [&'static str]) -> Self {
        Self { name, is_usual: true, asks_network: false, functions, features }
    }

    const fn extra(name: &'static str, functions: &'static [&'static str], features: &'static [&'static str]) -> Self {
        Self { is_usual: false, ..Self::usual(name, functions, features) }
    }

    const fn asking(self) -> Self {
        Self { asks_network: true, ..self }
    }
}

/// The plugin of this name, with or without what all begin with.
pub(super) fn find(name: &str) -> Option<&'static Plugin> {
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    PLUGINS.iter().find(|plugin| plugin.name == name)
}

/// The plugin in which a function is that rules call with `eval:`.
pub fn plugin_of_function(function: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.functions.contains(&function))
}

/// Features that are in no plugin.
pub(super) const CORE_FEATURES: &[&str] = &[
    "feature_bayes_auto_learn_on_error",
    "feature_bayes_stopwords",
    "feature_blocklist_welcomelist",
    "feature_bug6558_free",
    "feature_capture_rules",
    "feature_compile_regexp",
    "feature_dns_block_rule",
    "feature_dns_local_ports_permit_avoid",
    "feature_dns_query_restriction",
    "feature_edns",
    "feature_geodb",
    "feature_get_host",
    "feature_header_address_parser",
    "feature_header_first_last",
    "feature_header_match_many",
    "feature_local_tests_only",
    "feature_meta_rules_matching",
    "feature_originating_ip_headers",
    "feature_registryboundaries",
    "feature_subjprefix",
    "feature_uri_host_listed",
    "feature_welcomelist_blocklist",
    "feature_yesno_takes_args",
    "has_tflags_nolog",
    "has_tflags_nosubject",
    "perl_min_version_5010000",
];

/// All, by name.
pub const PLUGINS: &[Plugin] = &[
    Plugin::extra(
        "ASN",
        &["check_asn"],
        &["has_asn_geodb", "has_asn_lookup_ipv6", "has_check_asn", "has_check_asn_tag"],
    )
    .asking(),
    Plugin::extra("AWL", &["check_from_in_auto_welcomelist", "check_from_in_auto_whitelist"], &[]),
    Plugin::extra("AccessDB", &["check_access_database"], &[]),
    Plugin::extra("AntiVirus", &["check_microsoft_executable", "check_suspect_name"], &[]),
    Plugin::usual("AskDNS", &[], &["has_tag_header"]).asking(),
    Plugin::extra("AuthRes", &["check_authres_result"], &[]),
    Plugin::usual("AutoLearnThreshold", &[], &[]),
    Plugin::usual("Bayes", &["check_bayes"], &[]),
    Plugin::usual(
        "BodyEval",
        &[
            "check_blank_line_ratio",
            "check_body_length",
            "check_stock_info",
            "multipart_alternative_difference",
            "multipart_alternative_difference_count",
            "plaintext_body_length",
            "plaintext_body_sig_ratio",
            "plaintext_sig_length",
            "tvd_vertical_words",
        ],
        &["has_check_body_length", "has_plaintext_body_sig_ratio"],
    ),
    Plugin::usual("Check", &[], &[]),
    Plugin::extra("DCC", &["check_dcc", "check_dcc_reputation_range"], &[]).asking(),
    Plugin::usual(
        "DKIM",
        &[
            "check_arc_signed",
            "check_arc_valid",
            "check_dkim_adsp",
            "check_dkim_dependable",
            "check_dkim_signall",
            "check_dkim_signed",
            "check_dkim_signsome",
            "check_dkim_testing",
            "check_dkim_valid",
            "check_dkim_valid_author_sig",
            "check_dkim_valid_envelopefrom",
            "check_dkim_verified",
            "check_for_def_dkim_welcomelist_from",
            "check_for_def_dkim_whitelist_from",
            "check_for_dkim_welcomelist_from",
            "check_for_dkim_whitelist_from",
        ],
        &["has_arc"],
    )
    .asking(),
    Plugin::usual(
        "DMARC",
        &[
            "check_dmarc_missing",
            "check_dmarc_none",
            "check_dmarc_pass",
            "check_dmarc_quarantine",
            "check_dmarc_reject",
        ],
        &[],
    )
    .asking(),
    Plugin::usual(
        "DNSEval",
        &[
            "check_dns_sender",
            "check_rbl",
            "check_rbl_accreditor",
            "check_rbl_envfrom",
            "check_rbl_from_domain",
            "check_rbl_from_host",
            "check_rbl_headers",
            "check_rbl_ns_from",
            "check_rbl_rcvd",
            "check_rbl_sub",
            "check_rbl_txt",
        ],
        &["has_tflags_domains_only", "has_tflags_ips_only"],
    )
    .asking(),
    Plugin::extra(
        "DecodeShortURLs",
        &[
            "short_url",
            "short_url_200",
            "short_url_404",
            "short_url_chained",
            "short_url_code",
            "short_url_loop",
            "short_url_maxchain",
            "short_url_redir",
            "short_url_tests",
        ],
        &[
            "has_autoclean",
            "has_clear",
            "has_get",
            "has_max_redirections",
            "has_short_url",
            "has_short_url_code",
            "has_short_url_redir",
            "has_timeout",
            "has_user_agent",
        ],
    )
    .asking(),
    Plugin::extra("ExtractText", &[], &[]),
    Plugin::usual(
        "FreeMail",
        &["check_freemail_body", "check_freemail_from", "check_freemail_header", "check_freemail_replyto"],
        &[],
    ),
    Plugin::extra(
        "FromNameSpoof",
        &[
            "check_fromname_contains_email",
            "check_fromname_different",
            "check_fromname_domain_differ",
            "check_fromname_equals_replyto",
            "check_fromname_equals_to",
            "check_fromname_owners_differ",
            "check_fromname_spoof",
        ],
        &[],
    ),
    Plugin::usual(
        "HTMLEval",
        &[
            "check_iframe_src",
            "html_charset_faraway",
            "html_eval",
            "html_image_only",
            "html_image_ratio",
            "html_range",
            "html_tag_balance",
            "html_tag_exists",
            "html_test",
            "html_text_match",
            "html_text_not_match",
            "html_title_subject_ratio",
        ],
        &[],
    ),
    Plugin::usual("HTTPSMismatch", &["check_https_http_mismatch"], &[]),
    Plugin::usual(
        "HashBL",
        &[
            "check_hashbl_attachments",
            "check_hashbl_bodyre",
            "check_hashbl_emails",
            "check_hashbl_tag",
            "check_hashbl_uris",
        ],
        &[
            "has_hashbl_attachments",
            "has_hashbl_bodyre",
            "has_hashbl_bodyre_num",
            "has_hashbl_email_domain",
            "has_hashbl_email_domain_alias",
            "has_hashbl_email_regex",
            "has_hashbl_email_welcomelist",
            "has_hashbl_email_whitelist",
            "has_hashbl_emails",
            "has_hashbl_ignore",
            "has_hashbl_sha256",
            "has_hashbl_tag",
            "has_hashbl_uris",
        ],
    )
    .asking(),
    Plugin::usual(
        "HeaderEval",
        &[
            "check_equal_from_domains",
            "check_for_fake_aol_relay_in_rcvd",
            "check_for_faraway_charset_in_headers",
            "check_for_forged_eudoramail_received_headers",
            "check_for_forged_gmail_received_headers",
            "check_for_forged_gw05_received_headers",
            "check_for_forged_hotmail_received_headers",
            "check_for_forged_juno_received_headers",
            "check_for_forged_yahoo_received_headers",
            "check_for_matching_env_and_hdr_from",
            "check_for_missing_to_header",
            "check_for_msn_groups_headers",
            "check_for_no_hotmail_received_headers",
            "check_for_shifted_date",
            "check_for_to_in_subject",
            "check_for_unique_subject_id",
            "check_header_count_range",
            "check_illegal_chars",
            "check_messageid_not_usable",
            "check_outlook_message_id",
            "check_ratware_envelope_from",
            "check_ratware_name_id",
            "check_unresolved_template",
            "gated_through_received_hdr_remover",
            "received_within_months",
            "similar_recipients",
            "sorted_recipients",
            "subject_is_all_caps",
        ],
        &[],
    ),
    Plugin::usual(
        "ImageInfo",
        &[
            "image_count",
            "image_name_regex",
            "image_named",
            "image_size_exact",
            "image_size_range",
            "image_to_text_ratio",
            "pixel_coverage",
        ],
        &[],
    ),
    Plugin::usual(
        "MIMEEval",
        &[
            "check_abundant_unicode_ratio",
            "check_base64_length",
            "check_for_ascii_text_illegal",
            "check_for_faraway_charset",
            "check_for_mime",
            "check_for_mime_html",
            "check_for_mime_html_only",
            "check_for_uppercase",
            "check_ma_non_text",
            "check_mime_multipart_ratio",
            "check_msg_parse_flags",
            "check_qp_ratio",
        ],
        &["has_check_abundant_unicode_ratio", "has_check_for_ascii_text_illegal", "has_check_qp_ratio"],
    ),
    Plugin::usual(
        "MIMEHeader",
        &[],
        &["has_all_header", "has_capture_rules", "has_tflags_concat", "has_tflags_multiple", "has_tflags_range"],
    ),
    Plugin::extra(
        "OLEVBMacro",
        &[
            "check_olemacro",
            "check_olemacro_csv",
            "check_olemacro_download_exe",
            "check_olemacro_encrypted",
            "check_olemacro_malice",
            "check_olemacro_mhtml_uri",
            "check_olemacro_redirect_uri",
            "check_olemacro_renamed",
            "check_olemacro_zip_password",
            "check_oleobject",
            "check_olertfobject",
        ],
        &["has_olemacro_mhtml_uri", "has_olemacro_redirect_uri", "has_olertfobject"],
    ),
    Plugin::extra(
        "PDFInfo",
        &[
            "pdf_count",
            "pdf_image_count",
            "pdf_image_size_exact",
            "pdf_image_size_range",
            "pdf_image_to_text_ratio",
            "pdf_is_empty_body",
            "pdf_is_encrypted",
            "pdf_match_details",
            "pdf_match_fuzzy_md5",
            "pdf_match_md5",
            "pdf_name_regex",
            "pdf_named",
            "pdf_pixel_coverage",
        ],
        &[],
    ),
    Plugin::extra("PhishTag", &[], &[]),
    Plugin::extra("Phishing", &["check_phishing"], &[]),
    Plugin::usual("Pyzor", &["check_pyzor"], &["has_fork", "has_perl"]).asking(),
    Plugin::usual("Razor2", &["check_razor2", "check_razor2_range"], &["has_fork"]).asking(),
    Plugin::extra("RelayCountry", &[], &[]),
    Plugin::usual(
        "RelayEval",
        &[
            "check_all_trusted",
            "check_for_forged_received_ip_helo",
            "check_for_forged_received_trail",
            "check_for_from_domain_in_received_headers",
            "check_for_illegal_ip",
            "check_for_no_rdns_dotcom_helo",
            "check_for_numeric_helo",
            "check_for_sender_no_reverse",
            "check_no_relays",
            "check_relays_unparseable",
            "helo_ip_mismatch",
        ],
        &[],
    ),
    Plugin::usual("ReplaceTags", &[], &[]),
    Plugin::extra("ResourceLimits", &[], &[]),
    Plugin::extra("Reuse", &[], &[]),
    Plugin::extra("Rule2XSBody", &[], &[]),
    Plugin::usual(
        "SPF",
        &[
            "check_for_def_spf_welcomelist_from",
            "check_for_def_spf_whitelist_from",
            "check_for_spf_fail",
            "check_for_spf_helo_fail",
            "check_for_spf_helo_neutral",
            "check_for_spf_helo_none",
            "check_for_spf_helo_pass",
            "check_for_spf_helo_permerror",
            "check_for_spf_helo_softfail",
            "check_for_spf_helo_temperror",
            "check_for_spf_neutral",
            "check_for_spf_none",
            "check_for_spf_pass",
            "check_for_spf_permerror",
            "check_for_spf_softfail",
            "check_for_spf_temperror",
            "check_for_spf_welcomelist_from",
            "check_for_spf_whitelist_from",
            "check_spf_skipped_noenvfrom",
        ],
        &["has_check_for_spf_errors", "has_check_spf_skipped_noenvfrom"],
    )
    .asking(),
    Plugin::extra("Shortcircuit", &["check_shortcircuit"], &[]),
    Plugin::usual("SpamCop", &[], &[]).asking(),
    Plugin::extra("TextCat", &["check_body_8bits", "check_language"], &[]),
    Plugin::extra("TxRep", &["check_senders_reputation"], &[]),
    Plugin::usual(
        "URIDNSBL",
        &["check_uridnsbl"],
        &[
            "has_subtest_for_ranges",
            "has_tflags_domains_only",
            "has_tflags_notrim",
            "has_uridnsbl_a_ns",
            "has_uridnsbl_for_a",
            "has_uridnsbl_skip_mailto",
        ],
    )
    .asking(),
    Plugin::usual("URIDetail", &["check_uri_detail"], &["has_host_key"]),
    Plugin::usual("URIEval", &["check_for_http_redirector", "check_https_ip_mismatch", "check_uri_truncated"], &[]),
    Plugin::extra("URILocalBL", &["check_uri_local_bl"], &[]),
    Plugin::usual(
        "VBounce",
        &["check_welcomelist_bounce_relays", "check_whitelist_bounce_relays", "have_any_bounce_relays"],
        &[],
    ),
    Plugin::usual(
        "WLBLEval",
        &[
            "check_forged_in_default_welcomelist",
            "check_forged_in_default_whitelist",
            "check_forged_in_welcomelist",
            "check_forged_in_whitelist",
            "check_from_in_blacklist",
            "check_from_in_blocklist",
            "check_from_in_default_welcomelist",
            "check_from_in_default_whitelist",
            "check_from_in_list",
            "check_from_in_welcomelist",
            "check_from_in_whitelist",
            "check_mailfrom_matches_rcvd",
            "check_replyto_in_list",
            "check_to_in_all_spam",
            "check_to_in_blacklist",
            "check_to_in_blocklist",
            "check_to_in_list",
            "check_to_in_more_spam",
            "check_to_in_welcomelist",
            "check_to_in_whitelist",
            "check_uri_host_in_blacklist",
            "check_uri_host_in_blocklist",
            "check_uri_host_in_welcomelist",
            "check_uri_host_in_whitelist",
            "check_uri_host_listed",
        ],
        &[],
    ),
    Plugin::usual(
        "WelcomeListSubject",
        &[
            "check_subject_in_blacklist",
            "check_subject_in_blocklist",
            "check_subject_in_welcomelist",
            "check_subject_in_whitelist",
        ],
        &[],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_in_one_plugin() {
        for plugin in PLUGINS {
            for function in plugin.functions {
                assert_eq!(plugin_of_function(function).map(|found| found.name), Some(plugin.name), "{function}");
            }
        }
        assert!(PLUGINS.is_sorted_by_key(|plugin| plugin.name));
    }
}
