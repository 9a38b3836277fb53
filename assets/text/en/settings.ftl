# The settings.

settings-title = Settings
settings-search = Search the settings
settings-nothing = No setting has that
settings-loading = Asking the agent
settings-as-shipped = As shipped
settings-restart = Counts once the agent is started anew
settings-secret-set = Set, and shown to nobody
settings-secret-unset = Not set
settings-secret-hint = Type a new one
settings-list-hint = One on each line
settings-file = All of this is in { $path }, which can also be edited by hand. Comments there stay.
settings-elsewhere = What is done with mail by its size, further lists of the network and the points of single findings are written in that file.
settings-account = Account { $name }
settings-changed = { $name } is changed

settings-window-undone = Undone: this window is as it was
settings-window = This window
settings-colours = Colours
settings-colours-about = Light, dark, or as the desktop has it.
settings-colours-system = As the system
settings-colours-light = Light
settings-colours-dark = Dark
settings-language = Language
settings-language-about = What this window speaks.
settings-language-system = As the system

settings-backup = Backup
settings-backup-about = Everything of Tamis in one file: settings, judged mail, lessons, lists, originals. With a passphrase your passwords are in it as well, and nobody opens it without that. Restoring puts what is there now aside, and Tamis starts anew.
settings-backup-path = File of the backup
settings-backup-path-example = tamis-backup.tamis
settings-backup-passphrase = Passphrase, if any
settings-backup-repeated = The passphrase once more
settings-backup-differ = These are two different passphrases
settings-backup-twice = First type the passphrase twice, the same both times
settings-backup-sure = Replace what is there
settings-backup-write = Write a backup
settings-backup-restore = Restore from it

thresholds-title = Where doubt and spam begin
thresholds-about = Drag a line, or choose it and use the arrow keys. Each bar is mail of the last 30 days with that many points.
thresholds-tag = Doubtful from
thresholds-junk = Spam from
thresholds-value = { $name } { $points } points
thresholds-none = No mail of the last 30 days was decided by its points yet.
thresholds-filed = { $filed ->
    [0] At this setting no message of the last 30 days would have been filed.
    [one] At this setting { $filed } message of the last 30 days would have been filed{ $good ->
        [0] {""}
        *[other] , which you called good
    }.
    *[other] At this setting { $filed } messages of the last 30 days would have been filed{ $good ->
        [0] , none of which you called good
        [one] , { $good } of which you called good
        *[other] , { $good } of which you called good
    }.
}
thresholds-doubtful = { $doubtful ->
    [0] None would have been doubtful
    [one] { $doubtful } would have been doubtful
    *[other] { $doubtful } would have been doubtful
}; { $missed ->
    [0] none that you called spam would have stayed.
    [one] { $missed } that you called spam would have stayed.
    *[other] { $missed } that you called spam would have stayed.
}
thresholds-decided = { $decided ->
    [0] {""}
    [one] { $decided } more was decided otherwise: by a list, by whom you write to, or by the virus scanner.
    *[other] { $decided } more were decided otherwise: by a list, by whom you write to, or by the virus scanner.
}
thresholds-bar = { $from } to { $to } points: { $unsaid } unsaid, { $ham } you called good, { $spam } you called spam
thresholds-unsaid = You said nothing
thresholds-ham = You called good
thresholds-spam = You called spam

# The parts of the settings file.
group-judge = Judging
group-policy = What is done with mail
group-watch = Watching mailboxes
group-learn = Learning
group-lists = Your lists
group-archive = Archive of originals
group-brake = Asking before much is filed
group-digest = Telling you what was filed
group-notify = Telling you what is doubtful
group-hold = Judging again
group-clamd = Virus scanner
group-fingerprints = Knowing messages again
group-log = Log
group-secrets = Passwords and keys
group-rules = Rules of your own
group-network = Asking the network
group-checks = Checks
group-scores = Points of single findings
group-dns_lists = Lists in the network

# Choices.
choice-leave = Leave it
choice-keyword = Leave it, with a keyword
choice-tag = Mark its subject
choice-strip = Take out what is dangerous
choice-junk = Move to Junk
choice-quarantine = Move to quarantine
choice-forward = Forward, and move to Junk
choice-forward-and-deliver = Forward, and leave it
choice-delete = Delete
choice-careful = Sparingly
choice-as-usual = As usual
choice-together = Together
choice-apart = Each for itself
choice-never = Never
choice-day = Each day
choice-week = Each Monday
choice-number = How many there are
choice-subject = Sender and subject
choice-udp = UDP
choice-tls = TLS
choice-https = HTTPS
choice-auto = As it fits
choice-keyring = In the keyring
choice-file = In a sealed file

# Each setting: its name, and what it does.
setting-judge-tag = Doubtful from
    .about = Mail with at least this many points is doubtful: it is marked for review.
setting-judge-junk = Spam from
    .about = Mail with at least this many points is spam. Not less than where doubt begins.
setting-judge-max_size = Size that is judged
    .about = Of a longer message only this much is fetched and judged, such as 2 MB.
setting-policy-spam = Spam
    .about = What is done with spam. It can be undone for as long as the archive holds the original.
setting-policy-unsure = Doubtful mail
    .about = What is done with doubtful mail.
setting-policy-ham = Wanted mail
    .about = What is done with wanted mail. The keyword is $NotJunk, which other mail programs know.
setting-watch-poll = Longest time between looks
    .about = An inbox is looked at this often at least, also when the server announces new mail by itself.
setting-watch-judge_old = Judge mail with old dates
    .about = Whether mail that comes into the inbox with an old date is judged too. As a rule you have moved it there yourself.
setting-watch-metered = On a network that costs by the byte
    .about = Sparingly: besides what the server announces, an inbox is looked at every 15 minutes at most.
setting-watch-backfill_rate = Speed with older mail
    .about = Messages a minute that a look at older mail takes in each account. 0: as fast as it goes.
setting-learn-accounts = Accounts learn
    .about = Together: what you teach in one account counts in all. Teach again after a change of this.
setting-learn-trust_server_junk = Learn from the provider's filter
    .about = Whether what the filter of your provider puts into Junk is learned as spam, with its mistakes.
setting-learn-sent = Read sent mail
    .about = To know whom you write to: their mail is never filed. Only addresses and checksums are kept.
setting-learn-most = Messages to learn from
    .about = How many messages that are there are learned from in each account, at most. Each takes some 7 KB.
setting-lists-accept_forged = Accept forged senders
    .about = Whether a sender you always accept is accepted also where your provider found that somebody else sent it.
setting-lists-countries = File of countries
    .about = Says in which country each network is, for entries by country. Empty: what the system has installed.
setting-archive-keep = Keep originals for
    .about = How long the originals of what was moved, replaced or removed are kept here, encrypted: 24 hours to 12 weeks.
setting-archive-max_size = Room for originals
    .about = How much room they may take for each account. The oldest go first.
setting-brake-messages = Messages within an hour
    .about = Tamis stops and asks when it would file more messages of an account than this within an hour.
setting-brake-percent = Per cent of an hour's mail
    .about = Tamis stops and asks when it would file more than so much of what arrived within an hour. 100: never.
setting-digest-every = A message that lists what was filed
    .about = How often one comes into the inbox. It also says how to get things back.
setting-digest-at = At
    .about = When it comes, in your own time.
setting-digest-notify = Notification of the desktop
    .about = Whether the desktop shows a notification as well.
setting-notify-doubtful = Notification of doubtful mail
    .about = One for all that comes within some minutes; none while you look at this window. A locked screen may show it to anybody.
setting-hold-again = Judge doubtful mail again after
    .about = So long after it was judged first, when lists know more. Only mail of new senders. Empty: once is enough.
setting-hold-folder = Folder meanwhile
    .about = Doubtful mail of new senders waits there. Empty: it waits in the inbox.
setting-clamd-socket = Where the scanner is
    .about = auto: where Debian has it. off: nowhere. Else the path of its socket, or host and port.
setting-clamd-remote = Scanner on another machine
    .about = Whether it may be elsewhere. Then the content of your mail goes there without encryption.
setting-clamd-excuse_known = Excuse whom you know
    .about = Whether mail of people you write to is let through although the scanner knows something in it.
setting-fingerprints-local = Know spam again
    .about = Whether mail is known again that is like what you called spam. Nothing of it leaves this computer.
setting-fingerprints-pyzor = Pyzor server
    .about = It is told a checksum of lines of the text, such as public.pyzor.org:24441. Empty: nobody is asked.
setting-fingerprints-rspamd = Fuzzy storage of rspamd
    .about = It is told checksums of short texts and of files. Empty: nobody is asked.
setting-fingerprints-rspamd_key = Public key of that storage
    .about = With it, what is asked is encrypted on the way.
setting-fingerprints-rspamd_flag = Flag for reports
    .about = Spam that you report there goes under this flag.
setting-fingerprints-dcc = DCC client
    .about = The socket of dccifd or the program dccproc. Empty: nobody is asked.
setting-secrets-store = Where they are kept
    .about = As it fits: in the sealed file if there is one, else in the keyring of this computer.
setting-secrets-key_file = Key of the sealed file
    .about = The first line of this file opens the sealed file. Only you may be able to read it.
setting-secrets-key_command = Command for that key
    .about = Prints the key of the sealed file on its first line.
setting-log-days = Keep log files for
    .about = Days. Nothing of your mail is in them.
setting-rules-paths = Rule files
    .about = Files and folders of rules of your own, in the language of SpamAssassin.
setting-rules-update = Where newer rules are
    .about = A folder here, or an address that begins with https://. Empty: nothing is fetched.
setting-rules-update_key = Key of newer rules
    .about = The minisign public key that they are signed with.
setting-network-enabled = Ask others about mail
    .about = Whether anybody besides your servers is asked: about names of hosts and domains, never with your text.
setting-network-deadline = Longest wait
    .about = What has not been answered by then speaks neither for nor against a message.
setting-network-servers = Name servers
    .about = By their addresses. Empty: those of the system. Many lists refuse the large public ones.
setting-network-transport = How they are asked
    .about = TLS and HTTPS need name servers and their name.
setting-network-server_name = Their name
    .about = The name in the certificate of the name servers, for TLS and HTTPS.
setting-network-ca_file = Certificate authorities
    .about = A file of those to trust besides the system's, for a name server of your own.
setting-network-spamhaus_key_file = Spamhaus key in a file
    .about = With a key of its data query service, Spamhaus answers by whatever name servers. A file that only you can read.
setting-network-spamhaus_key_command = Spamhaus key by a command
    .about = The same, as what a command prints.
setting-dns_lists-spamhaus_zen = Spamhaus ZEN
    .about = Asked about the host that handed a message in.
setting-dns_lists-spamcop = SpamCop
    .about = Asked about the host that handed a message in.
setting-dns_lists-psbl = PSBL
    .about = Asked about the host that handed a message in.
setting-dns_lists-mailspike = Mailspike
    .about = Asked about the host that handed a message in.
setting-dns_lists-barracuda = Barracuda
    .about = Asked about the host that handed a message in. It wants your name servers to be registered.
setting-dns_lists-uceprotect = UCEPROTECT
    .about = Asked about the host that handed a message in.
setting-dns_lists-blocklist_de = blocklist.de
    .about = Asked about the host that handed a message in.
setting-dns_lists-spamrats = SpamRATS
    .about = Asked about the host that handed a message in.
setting-dns_lists-sem_black = Spam Eating Monkey
    .about = Asked about the host that handed a message in.
setting-dns_lists-spamhaus_dbl = Spamhaus DBL
    .about = Asked about the sender's domain and those that links lead to.
setting-dns_lists-surbl = SURBL
    .about = Asked about the sender's domain and those that links lead to.
setting-dns_lists-uribl = URIBL
    .about = Asked about the sender's domain and those that links lead to.
setting-dns_lists-sem_fresh = Spam Eating Monkey, fresh domains
    .about = Asked about the sender's domain and those that links lead to.
setting-dns_lists-dnswl = DNSWL
    .about = Names hosts that send hardly any spam.
setting-account-aliases = Further addresses
    .about = Addresses of yours whose mail arrives here as well.
setting-account-relays = Servers before the provider
    .about = Domains of servers by which your mail comes before it reaches your provider. What they write about its way is believed.
setting-account-junk_folder = Junk folder
    .about = Only if Tamis does not find the right one by itself.
setting-account-quarantine_folder = Quarantine folder
    .about = Where mail in quarantine is. Empty: Tamis/Quarantine.
setting-account-archive_folder = Folder of originals
    .about = On the server, for the originals of mail that was marked or stripped. Empty: they are in the archive on this computer alone.
setting-account-train_folders = Folders to teach with
    .about = Whether two folders on the server learn from what you move into them, with any mail program.
setting-account-policy-spam = Spam
    .about = What is done with the spam of this account.
setting-account-policy-unsure = Doubtful mail
    .about = What is done with the doubtful mail of this account.
setting-account-policy-ham = Wanted mail
    .about = What is done with the wanted mail of this account.
setting-account-archive-keep = Originals are kept for
    .about = How long the originals of this account are kept on this computer.
setting-account-hold-again = Judge doubtful mail again after
    .about = So long after the first time. Only of new senders. Empty: once is enough.
setting-account-hold-folder = Folder until then
    .about = Doubtful mail of new senders waits there. Empty: as for all accounts.
