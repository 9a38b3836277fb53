# Die Einstellungen.

settings-title = Einstellungen
settings-search = Einstellungen durchsuchen
settings-nothing = Dazu passt keine Einstellung
settings-loading = Der Agent wird gefragt
settings-as-shipped = Wie ausgeliefert
settings-restart = Gilt erst nach einem Neustart des Agenten
settings-secret-set = Gesetzt, wird niemandem gezeigt
settings-secret-unset = Nicht gesetzt
settings-secret-hint = Neuen Wert eingeben
settings-list-hint = Je Zeile einer
settings-file = All das steht in { $path } und lässt sich auch dort von Hand ändern. Kommentare bleiben stehen.
settings-elsewhere = Regeln nach Größe, weitere Listen aus dem Domain Name System und Punkte einzelner Merkmale stehen in dieser Datei.
settings-account = Konto { $name }
settings-changed = Geändert: { $name }

settings-window-undone = Zurückgenommen: dieses Fenster ist wie zuvor
settings-window = Dieses Fenster
settings-colours = Farben
settings-colours-about = Hell, dunkel oder wie der Desktop.
settings-colours-system = Wie das System
settings-colours-light = Hell
settings-colours-dark = Dunkel
settings-language = Sprache
settings-language-about = Die Sprache dieses Fensters.
settings-language-system = Wie das System

settings-backup = Sicherung
settings-backup-about = Alles von Tamis in einer Datei: Einstellungen, beurteilte Post, Gelerntes, Listen, Originale. Mit einer Passphrase sind auch deine Passwörter darin, und ohne sie öffnet die Datei niemand. Beim Wiederherstellen wird beiseitegelegt, was jetzt da ist, und Tamis startet neu.
settings-backup-path = Datei der Sicherung
settings-backup-path-example = tamis-backup.tamis
settings-backup-passphrase = Passphrase, falls gewünscht
settings-backup-repeated = Die Passphrase noch einmal
settings-backup-differ = Das sind zwei verschiedene Passphrasen
settings-backup-twice = Gib zuerst zweimal dieselbe Passphrase ein
settings-backup-sure = Ersetzen, was da ist
settings-backup-write = Sicherung schreiben
settings-backup-restore = Daraus wiederherstellen

thresholds-title = Wo Zweifel und Spam beginnen
thresholds-about = Zieh an einer Linie, oder wähle sie aus und bewege sie mit den Pfeiltasten. Jeder Balken steht für Post der letzten 30 Tage mit so vielen Punkten.
thresholds-tag = Zweifelhaft ab
thresholds-junk = Spam ab
thresholds-value = { $name } { $points } Punkten
thresholds-none = In den letzten 30 Tagen haben noch bei keiner Nachricht die Punkte entschieden.
thresholds-filed = { $filed ->
    [0] Mit dieser Einstellung wäre in den letzten 30 Tagen keine Nachricht aussortiert worden.
    [one] Mit dieser Einstellung wäre in den letzten 30 Tagen { $filed } Nachricht aussortiert worden{ $good ->
        [0] {""}
        *[other] , die für dich gut war
    }.
    *[other] Mit dieser Einstellung wären in den letzten 30 Tagen { $filed } Nachrichten aussortiert worden{ $good ->
        [0] , darunter keine, die für dich gut war
        [one] , darunter { $good }, die für dich gut war
        *[other] , darunter { $good }, die für dich gut waren
    }.
}
thresholds-doubtful = { $doubtful ->
    [0] Keine wäre zweifelhaft gewesen
    [one] { $doubtful } wäre zweifelhaft gewesen
    *[other] { $doubtful } wären zweifelhaft gewesen
}; { $missed ->
    [0] keine, die für dich Spam war, wäre geblieben.
    [one] { $missed }, die für dich Spam war, wäre geblieben.
    *[other] { $missed }, die für dich Spam waren, wären geblieben.
}
thresholds-decided = { $decided ->
    [0] {""}
    [one] { $decided } weitere wurde anders entschieden: durch eine Liste, deine Kontakte oder den Virenscanner.
    *[other] { $decided } weitere wurden anders entschieden: durch eine Liste, deine Kontakte oder den Virenscanner.
}
thresholds-bar = { $from } bis { $to } Punkte: { $unsaid } ohne dein Urteil, { $ham } für dich gut, { $spam } für dich Spam
thresholds-unsaid = Ohne dein Urteil
thresholds-ham = Für dich gut
thresholds-spam = Für dich Spam

# Die Teile der Einstellungsdatei.
group-judge = Beurteilung
group-policy = Was mit Post geschieht
group-watch = Postfächer überwachen
group-learn = Lernen
group-lists = Deine Listen
group-archive = Archiv der Originale
group-brake = Nachfragen, bevor viel aussortiert wird
group-digest = Übersicht über Aussortiertes
group-notify = Benachrichtigung über Zweifelhaftes
group-hold = Später noch einmal beurteilen
group-clamd = Virenscanner
group-fingerprints = Nachrichten wiedererkennen
group-log = Protokoll
group-secrets = Passwörter und Schlüssel
group-rules = Eigene Regeln
group-network = Im Netz nachfragen
group-checks = Prüfungen
group-scores = Punkte einzelner Merkmale
group-dns_lists = Listen im Netz

# Auswahl.
choice-leave = Liegen lassen
choice-keyword = Liegen lassen, mit Schlagwort
choice-tag = Betreff markieren
choice-strip = Gefährliches entfernen
choice-junk = In den Spam-Ordner
choice-quarantine = In Quarantäne
choice-forward = Weiterleiten und in den Spam-Ordner
choice-forward-and-deliver = Weiterleiten und liegen lassen
choice-delete = Löschen
choice-careful = Sparsam
choice-as-usual = Wie immer
choice-together = Gemeinsam
choice-apart = Jedes für sich
choice-never = Nie
choice-day = Täglich
choice-week = Jeden Montag
choice-number = Wie viele es sind
choice-subject = Absender und Betreff
choice-udp = UDP
choice-tls = TLS
choice-https = HTTPS
choice-auto = Wie es passt
choice-keyring = Im Schlüsselbund
choice-file = In einer versiegelten Datei

# Jede Einstellung: ihr Name, und was sie tut.
setting-judge-tag = Zweifelhaft ab
    .about = Post mit mindestens so vielen Punkten ist zweifelhaft und wird zum Prüfen vorgelegt.
setting-judge-junk = Spam ab
    .about = Post mit mindestens so vielen Punkten ist Spam. Nicht weniger als dort, wo der Zweifel beginnt.
setting-judge-max_size = Beurteilte Größe
    .about = Von einer längeren Nachricht wird nur so viel geholt und beurteilt, zum Beispiel 2 MB.
setting-policy-spam = Spam
    .about = Was mit Spam geschieht. Es lässt sich zurücknehmen, solange das Archiv das Original hat.
setting-policy-unsure = Zweifelhafte Post
    .about = Was mit zweifelhafter Post geschieht.
setting-policy-ham = Erwünschte Post
    .about = Was mit erwünschter Post geschieht. Das Schlagwort ist $NotJunk, das andere Mailprogramme kennen.
setting-watch-poll = Längste Zeit zwischen zwei Blicken
    .about = So oft wird mindestens in den Posteingang gesehen, auch wenn der Server Neues von selbst meldet.
setting-watch-judge_old = Post mit altem Datum beurteilen
    .about = Ob auch beurteilt wird, was mit altem Datum in den Posteingang kommt. Meist hast du es selbst dorthin gelegt.
setting-watch-metered = In einem Netz, das nach Menge kostet
    .about = Sparsam: außer auf Meldung des Servers wird höchstens alle 15 Minuten in den Posteingang gesehen.
setting-watch-backfill_rate = Tempo bei älterer Post
    .about = So viele Nachrichten je Minute und Konto werden bei einer Durchsicht älterer Post geholt. 0: so schnell es geht.
setting-learn-accounts = Konten lernen
    .about = Gemeinsam: was du Tamis in einem Konto beibringst, gilt in allen. Nach einer Änderung muss Tamis neu lernen.
setting-learn-trust_server_junk = Vom Filter des Anbieters lernen
    .about = Ob als Spam gelernt wird, was der Filter deines Anbieters aussortiert, samt seinen Fehlern.
setting-learn-sent = Gesendetes lesen
    .about = Um zu wissen, wem du schreibst: Post von dort wird nie aussortiert. Nur Adressen und Prüfsummen werden behalten.
setting-learn-most = Nachrichten zum Lernen
    .about = Aus so vielen vorhandenen Nachrichten je Konto wird höchstens gelernt. Jede braucht etwa 7 KB.
setting-lists-accept_forged = Gefälschte Absender zulassen
    .about = Ob ein immer zugelassener Absender auch gilt, wenn dein Anbieter festgestellt hat, dass jemand anders gesendet hat.
setting-lists-countries = Datei der Länder
    .about = Sagt, in welchem Land ein Netz liegt, für Einträge nach Land. Leer: was im System installiert ist.
setting-archive-keep = Originale behalten
    .about = So lange bleiben Originale von Verschobenem, Ersetztem und Gelöschtem hier, verschlüsselt: von „24 hours“ (Stunden) bis „12 weeks“ (Wochen).
setting-archive-max_size = Platz für Originale
    .about = So viel Platz dürfen sie je Konto brauchen. Die ältesten gehen zuerst.
setting-brake-messages = Nachrichten in einer Stunde
    .about = Tamis hält an und fragt, wenn es in einer Stunde mehr Nachrichten eines Kontos aussortieren würde.
setting-brake-percent = Prozent einer Stunde
    .about = Tamis hält an und fragt, wenn es mehr als so viel von dem aussortieren würde, was in einer Stunde kam. 100: nie.
setting-digest-every = Übersicht im Posteingang
    .about = Wie oft eine Nachricht auflistet, was aussortiert wurde und wie es zurückkommt.
setting-digest-at = Uhrzeit
    .about = Wann die Übersicht kommt, nach deiner Uhr.
setting-digest-notify = Benachrichtigung auf dem Desktop
    .about = Ob auch der Desktop eine Benachrichtigung zeigt.
setting-notify-doubtful = Benachrichtigung über zweifelhafte Post
    .about = Eine für alles, was innerhalb einiger Minuten kommt; keine, solange du in dieses Fenster schaust. Ein gesperrter Bildschirm zeigt sie womöglich jedem.
setting-hold-again = Zweifelhaftes noch einmal beurteilen nach
    .about = So lange nach dem ersten Mal, wenn Listen mehr wissen. Nur von neuen Absendern. Leer: einmal genügt.
setting-hold-folder = Ordner bis dahin
    .about = Dort wartet zweifelhafte Post neuer Absender. Leer: sie wartet im Posteingang.
setting-clamd-socket = Wo der Scanner ist
    .about = auto: wo Debian ihn hat. off: nirgends. Sonst der Pfad seines Sockets, oder Rechner und Port.
setting-clamd-remote = Scanner auf anderem Rechner
    .about = Ob er woanders sein darf. Dann geht der Inhalt deiner Post unverschlüsselt dorthin.
setting-clamd-excuse_known = Bekannte durchlassen
    .about = Ob Post von Leuten, denen du schreibst, durchkommt, obwohl der Scanner etwas darin kennt.
setting-fingerprints-local = Spam wiedererkennen
    .about = Ob Post wiedererkannt wird, die dem gleicht, was für dich Spam war. Nichts davon verlässt diesen Rechner.
setting-fingerprints-pyzor = Pyzor-Server
    .about = Er erfährt eine Prüfsumme von Textzeilen, zum Beispiel public.pyzor.org:24441. Leer: niemand wird gefragt.
setting-fingerprints-rspamd = Fuzzy-Speicher von rspamd
    .about = Er erfährt Prüfsummen kurzer Texte und von Dateien. Leer: niemand wird gefragt.
setting-fingerprints-rspamd_key = Öffentlicher Schlüssel dazu
    .about = Damit ist die Frage unterwegs verschlüsselt.
setting-fingerprints-rspamd_flag = Kennzahl für Meldungen
    .about = Unter dieser Zahl wird dorthin gemeldeter Spam geführt.
setting-fingerprints-dcc = DCC-Programm
    .about = Der Socket von dccifd oder das Programm dccproc. Leer: niemand wird gefragt.
setting-secrets-store = Wo sie aufbewahrt werden
    .about = Wie es passt: in der versiegelten Datei, wenn es eine gibt, sonst im Schlüsselbund dieses Rechners.
setting-secrets-key_file = Schlüssel der versiegelten Datei
    .about = Die erste Zeile dieser Datei öffnet die versiegelte Datei. Nur du darfst sie lesen können.
setting-secrets-key_command = Befehl für diesen Schlüssel
    .about = Gibt den Schlüssel der versiegelten Datei in seiner ersten Zeile aus.
setting-log-days = Protokolle behalten
    .about = Tage. Von deiner Post steht nichts darin.
setting-rules-paths = Regeldateien
    .about = Dateien und Ordner mit eigenen Regeln, in der Sprache von SpamAssassin.
setting-rules-update = Wo neuere Regeln sind
    .about = Ein Ordner hier, oder eine Adresse, die mit https:// beginnt. Leer: nichts wird geholt.
setting-rules-update_key = Schlüssel neuerer Regeln
    .about = Der öffentliche Schlüssel von minisign, mit dem sie unterschrieben sind.
setting-network-enabled = Andere wegen Post fragen
    .about = Ob außer deinen Servern jemand gefragt wird: nach Namen von Rechnern und Domains, nie mit deinem Text.
setting-network-deadline = Längste Wartezeit
    .about = Was bis dahin nicht beantwortet ist, spricht weder für noch gegen eine Nachricht.
setting-network-servers = Nameserver
    .about = Ihre Adressen. Leer: die des Systems. Viele Listen weisen die großen öffentlichen ab.
setting-network-transport = Wie sie gefragt werden
    .about = TLS und HTTPS brauchen Nameserver und deren Namen.
setting-network-server_name = Ihr Name
    .about = Der Name im Zertifikat der Nameserver, für TLS und HTTPS.
setting-network-ca_file = Zertifizierungsstellen
    .about = Eine Datei mit denen, die außer denen des Systems gelten, für einen eigenen Nameserver.
setting-network-spamhaus_key_file = Spamhaus-Schlüssel in einer Datei
    .about = Mit einem Schlüssel antwortet Spamhaus über jeden Nameserver. Eine Datei, die nur du lesen kannst.
setting-network-spamhaus_key_command = Spamhaus-Schlüssel per Befehl
    .about = Dasselbe, aber als Ausgabe eines Befehls.
setting-dns_lists-spamhaus_zen = Spamhaus ZEN
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-spamcop = SpamCop
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-psbl = PSBL
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-mailspike = Mailspike
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-barracuda = Barracuda
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte. Will, dass deine Nameserver angemeldet sind.
setting-dns_lists-uceprotect = UCEPROTECT
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-blocklist_de = blocklist.de
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-spamrats = SpamRATS
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-sem_black = Spam Eating Monkey
    .about = Wird nach dem Rechner gefragt, der eine Nachricht einlieferte.
setting-dns_lists-spamhaus_dbl = Spamhaus DBL
    .about = Wird nach der Domain des Absenders und nach denen in Links gefragt.
setting-dns_lists-surbl = SURBL
    .about = Wird nach der Domain des Absenders und nach denen in Links gefragt.
setting-dns_lists-uribl = URIBL
    .about = Wird nach der Domain des Absenders und nach denen in Links gefragt.
setting-dns_lists-sem_fresh = Spam Eating Monkey, neue Domains
    .about = Wird nach der Domain des Absenders und nach denen in Links gefragt.
setting-dns_lists-dnswl = DNSWL
    .about = Nennt Rechner, die kaum Spam senden.
setting-account-aliases = Weitere Adressen
    .about = Adressen von dir, deren Post auch hier ankommt.
setting-account-relays = Server vor dem Anbieter
    .about = Domains von Servern, über die deine Post zum Anbieter kommt. Was sie über den Weg schreiben, wird geglaubt.
setting-account-junk_folder = Spam-Ordner
    .about = Nur, wenn Tamis den richtigen nicht selbst findet.
setting-account-quarantine_folder = Ordner für die Quarantäne
    .about = Wo Post in Quarantäne liegt. Leer: Tamis/Quarantine.
setting-account-archive_folder = Ordner für Originale
    .about = Auf dem Server, für die Originale markierter und entschärfter Post. Leer: sie liegen nur im Archiv auf diesem Rechner.
setting-account-train_folders = Ordner zum Anlernen
    .about = Ob Tamis aus zwei Ordnern auf dem Server lernt, was du mit irgendeinem Mailprogramm hineinlegst.
setting-account-policy-spam = Spam
    .about = Was mit dem Spam dieses Kontos geschieht.
setting-account-policy-unsure = Zweifelhafte Post
    .about = Was mit zweifelhafter Post dieses Kontos geschieht.
setting-account-policy-ham = Erwünschte Post
    .about = Was mit erwünschter Post dieses Kontos geschieht.
setting-account-archive-keep = Originale behalten
    .about = Wie lange Originale dieses Kontos auf diesem Rechner bleiben.
setting-account-hold-again = Zweifelhaftes noch einmal beurteilen nach
    .about = So lange nach dem ersten Mal. Nur von neuen Absendern. Leer: einmal genügt.
setting-account-hold-folder = Ordner bis dahin
    .about = Dort wartet zweifelhafte Post neuer Absender. Leer: wie bei allen Konten.
