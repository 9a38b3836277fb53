# The person's lists.

lists-title = Lists
lists-about = An entry decides, whatever else speaks for or against a message.
lists-empty = The lists are empty
lists-empty-text = Add whom you always want to hear from, or never; a message's page has buttons for its sender
lists-search = Search the lists
lists-none-found = No entry has that
lists-accept = Always accept
lists-block = Always block
lists-side = Accept or block
lists-goes-by = What it goes by
lists-add = Add
lists-address = Address
lists-address-example = ann@example.org, or *@example.org
lists-domain = Domain
lists-domain-example = example.org, and all below it
lists-ip = Network
lists-ip-example = 192.0.2.0/24: the host that handed it in
lists-phrase = Words
lists-phrase-example = lottery winner: in the subject or the text
lists-regex = Pattern
lists-regex-example = dear (sir|friend)
lists-header = Header line
lists-header-example = X-Mailer: *bulk*
lists-file = File name
lists-file-example = *.iso, also in archives
lists-country = Country
lists-country-example = Czechia, or CZ: where it comes in from
lists-language = Language
lists-language-example = Czech, or cs: of the text
lists-all-sides = Both lists
lists-only-accept = Accepted
lists-only-block = Blocked
lists-only-off = Switched off
lists-filter-side = Which list
lists-all-kinds = All kinds
lists-filter-kind = Which kind
lists-total = { $shown ->
    [one] 1 entry
   *[other] { $shown } entries
}
lists-working = working…
lists-remove = Remove
lists-remove-name = Remove { $value } from the lists
lists-switch-off = Switch off
lists-switch-off-name = Switch off { $value }
lists-switch-on = Switch on
lists-switch-on-name = Switch on { $value }
lists-no-hit = no hit yet
lists-hits = { $hits ->
    [one] 1 hit, last { $last }
   *[other] { $hits } hits, last { $last }
}
lists-is-accepted = always accepted
lists-is-blocked = always blocked
lists-is-off = off
lists-only-in = only in { $account }
lists-from-file = from a file
lists-files = From a file, to a file
lists-files-about = Takes lists that Tamis has written, SpamAssassin's settings and address books, whose people are accepted. A file can also be dropped here. Without a path it is tamis-lists.csv in your folder of documents
lists-path = Path of the file
lists-path-example = ~/Documents/tamis-lists.csv
lists-import = Import
lists-export = Export
lists-export-over = Write over a file that is there
