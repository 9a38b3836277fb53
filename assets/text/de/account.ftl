# Wörterbuch, das für alle deutschen Texte gilt (du, ruhig, ohne Fachwörter):
#   spam/junk: Spam · unsure/doubtful: zweifelhaft · good/wanted: erwünscht · to file: aussortieren · release: freigeben
#   inbox: Posteingang · junk folder: Spam-Ordner (sein Name ist der des Servers) · sender: Absender · subject: Betreff
#   message: Nachricht · mail: Post · mailing/newsletter: Rundschreiben · account: Konto · peer: jemand, dem du schreibst
#   to judge: beurteilen · verdict: Urteil · reason: Grund · score: Punkte · to learn/teach: lernen/beibringen
#   undo/take back: zurücknehmen · to block: sperren · to allow/accept: zulassen · list: Liste · entry: Eintrag
#   archive: Archiv · backup: Sicherung · computer: Rechner · to export, import: exportieren, importieren · keyring: Schlüsselbund
#   lessons: Gelerntes · mail program: Mailprogramm · notification: Benachrichtigung · to review: prüfen · to watch: überwachen
#   access token, client secret: Zugriffstoken, Clientschlüssel (so heißen sie bei Google und Microsoft) · nicht E-Mail, nicht Junk
#   digest: Übersicht · history: Verlauf · attachment: Anhang · link: Link · agent: Agent (das Programm im Hintergrund)
#   Zitate und Knöpfe stehen in „…“; vor … ist ein Leerzeichen.
#
# Ein neues Konto, und worum man ein Konto bitten kann.

account-title = Konto hinzufügen
account-address = Adresse
account-password = Passwort
account-password-hint = nur im Schlüsselbund dieses Rechners
account-server = Server
account-found-by-us = findet Tamis
account-security = Sicherheit
account-tls = TLS (üblich)
account-no-tls = Keine (nur für diesen Rechner)
account-more = Weitere Einstellungen
account-port = Port
account-user = Benutzername
account-user-hint = die Adresse
account-junk = Spam-Ordner
account-command = Passwort-Befehl
account-command-hint = statt eines Passworts: pass show mail
account-ca = CA-Datei
account-ca-hint = Zertifikate, denen vertraut wird, als PEM-Datei

account-need-address = Gib die Adresse ein, etwa ada@example.org
account-need-server = Gib den Server ein, etwa imap.example.org
account-need-password = Gib das Passwort ein
account-need-command = Gib unter „Weitere Einstellungen“ einen Passwort-Befehl ein, der ein Zugriffstoken ausgibt
account-bad-port = Der Port muss eine Zahl bis 65535 sein

account-looking = Der Server von { $domain } wird gesucht …
account-elsewhere = Dieser Server heißt ganz anders als die Adresse. Mach nur weiter, wenn du ihn kennst
account-or-use = Oder nimm { $host }: { $source }
account-testing = Verbinden, anmelden und die Ordner ansehen …
account-adding = Das Konto wird geprüft und hinzugefügt …
account-busy = Der Agent ist gerade dabei
account-inbox = { $count ->
    [one] { $count } Nachricht
   *[other] { $count } Nachrichten
} im Posteingang gefunden
account-junk-goes = Spam kommt in den Ordner { $folder }
account-junk-made = Ein Spam-Ordner wird angelegt
account-added = Das Konto ist hinzugefügt

account-cancel = Abbrechen
account-add = Hinzufügen
account-test = Verbindung prüfen

# Ältere Post durchsehen.
account-look = Auch ältere Post durchsehen …
account-look-of = Auch ältere Post von { $account } durchsehen …
account-look-tip = Beurteilt, was vor Tamis schon im Posteingang lag. Ohne dein Wort wird dabei nichts aussortiert
account-look-days = Die letzten { $days } Tage
account-look-harmless = Ohne dein Wort wird dabei nichts aussortiert
account-older-of = Ältere Post von { $account }
account-resume = Fortsetzen
account-resume-look = Durchsicht der älteren Post von { $account } fortsetzen
account-pause = Anhalten
account-pause-look = Durchsicht der älteren Post von { $account } anhalten
account-stop = Beenden
account-stop-look = Durchsicht der älteren Post von { $account } beenden

account-digest = Jetzt eine Übersicht senden
account-digest-to = Jetzt eine Übersicht an { $account } senden
account-digest-tip = Legt eine Nachricht in den Posteingang, die aufzählt, was seit der letzten aussortiert wurde
