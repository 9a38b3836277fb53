# Die Konten.

accounts-welcome = Willkommen bei Tamis
accounts-welcome-text = Tamis überwacht deine Postfächer über IMAP und siebt den Spam heraus. Dazu braucht es eine Adresse und ihr Passwort. Es löscht nichts, wenn du das nicht willst, und was es lernt, bleibt auf diesem Rechner
accounts-autostart = Tamis beim Anmelden starten
accounts-autostart-text = Von da an werden die Postfächer überwacht; dieses Fenster muss dazu nicht offen sein
accounts-setup = Einrichten …
accounts-setup-name = { $account } einrichten …
accounts-remove = Entfernen …
accounts-remove-name = { $account } entfernen …
accounts-remove-ask = { $account } entfernen?
accounts-remove-text = Tamis überwacht dieses Konto nicht mehr und vergisst das Passwort. Die Nachrichten auf dem Server bleiben, wie sie sind, und was gelernt wurde, bleibt erhalten. Das lässt sich nicht zurücknehmen, aber das Konto kann wieder hinzugefügt werden
accounts-remove-yes = Konto entfernen
accounts-remove-no = Behalten
accounts-junk = Spam kommt in den Ordner { $folder }
accounts-junk-unknown = Der Spam-Ordner ist noch nicht bekannt
accounts-try-now = Jetzt versuchen
accounts-try-now-name = { $account } jetzt versuchen
accounts-do-needs-you = In diesem Konto wird nichts gefiltert, bis das behoben ist. Danach:
accounts-do-retrying = Tamis versucht es von selbst weiter; zu tun ist nichts. Wer nicht warten möchte:
accounts-do-offline = Gefiltert wird, sobald dieser Rechner wieder verbunden ist. Ist er das schon:
accounts-hears-at-once = Der Server meldet neue Nachrichten sofort
accounts-hears-every = { $minutes ->
    [one] Der Server wird jede Minute nach neuen Nachrichten gefragt
   *[other] Der Server wird alle { $minutes } Minuten nach neuen Nachrichten gefragt
}
accounts-looked = Zuletzt nachgesehen: { $time }
accounts-pending = { $count ->
    [one] 1 Änderung wartet auf den Server
   *[other] { $count } Änderungen warten auf den Server
}
