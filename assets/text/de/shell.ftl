# Das Fenster als Ganzes: Tasten, Suche nach Befehlen, Meldungen.

keys-title = Alle Tasten
keys-pages = Seiten
keys-window = Überall
keys-messages = Die gewählten Nachrichten
keys-list = In der Liste

key-release = Freigeben: zurück in den Posteingang
key-spam = Spam: in den Spam-Ordner
key-good = Gut: als erwünscht lernen
key-delete = Löschen: Original bleibt im Archiv
key-allow-domain = Absender-Domains zulassen
key-allow = Die Absender immer zulassen
key-block = Die Absender immer sperren
key-leave = Abbestellen
key-next = Nächste Nachricht
key-previous = Vorige Nachricht
key-page-down = Zehn Nachrichten weiter
key-page-up = Zehn Nachrichten zurück
key-first = Erste Nachricht
key-last = Letzte Nachricht
key-choose-down = Eine darunter dazu wählen
key-choose-up = Eine darüber dazu wählen
key-choose-page-down = Zehn darunter dazu wählen
key-choose-page-up = Zehn darüber dazu wählen
key-choose-first = Bis zur ersten wählen
key-choose-last = Bis zur letzten wählen
key-choose-all = Alle wählen
key-search = In der Liste suchen
key-review = Zeigen, was zu prüfen ist
key-junk = Zeigen, was im Spam-Ordner liegt
key-all = Alle Post zeigen
key-history = Den Verlauf zeigen
key-people = Die Leute zeigen
key-lists = Die Listen zeigen
key-learning = Zeigen, was gelernt wurde
key-statistics = Die Statistik zeigen
key-accounts = Die Konten zeigen
key-route = Den Weg der Post zeigen
key-settings = Die Einstellungen zeigen
key-palette = Nach allem suchen, was sich tun lässt
key-keys = Alle Tasten zeigen
key-undo = Die letzte Änderung zurücknehmen
key-check = Nach neuer Post sehen
key-larger = Alles größer darstellen
key-smaller = Alles kleiner darstellen
key-usual-size = Alles in üblicher Größe darstellen
key-close = Schließen, was offen ist

key-name-ctrl = Strg
key-name-command = Cmd
key-name-shift = Umschalt
key-name-page-down = Bild ab
key-name-page-up = Bild auf
key-name-home = Pos 1
key-name-end = Ende
key-name-escape = Esc
key-name-delete = Entf

palette-name = Nach allem suchen, was sich tun lässt
palette-hint = Was möchtest du tun?
palette-nothing = Unter diesem Namen lässt sich hier nichts tun
palette-connect = Jetzt mit dem Agenten verbinden
palette-login-on = Tamis beim Anmelden starten
palette-login-off = Tamis nicht mehr beim Anmelden starten
palette-route = Den Weg der Post an { $account } zeigen
palette-held = Zeigen, was in { $account } auf dein Wort wartet
palette-waiting = Jetzt beurteilen, was in { $account } wartet
palette-digest = Eine Übersicht in den Posteingang von { $account } legen
palette-remove = Das Konto { $account } entfernen …

pause-resume = Pause beenden
pause-hour = Pause: eine Stunde lang nicht filtern
pause-tomorrow = Pause: bis morgen nicht filtern
pause-told = Pause: nicht filtern, bis ich es sage
pause-until-told = Pause: nichts wird gefiltert
pause-until = Pause bis { $time }

shell-close = Schließen
shell-add-account = Konto hinzufügen …
shell-online = Mit dem Agenten { $version } verbunden
shell-connecting = Verbindung zum Agenten wird aufgebaut
shell-starting = Der Agent wird gestartet
shell-offline = Keine Verbindung zum Agenten
shell-mismatch = Der Agent hat eine andere Version
shell-pending = { $count ->
    [one] 1 Änderung unterwegs
   *[other] { $count } Änderungen unterwegs
}
shell-no-accounts = Noch keine Konten
shell-needing = { $count } von { $all } Konten brauchen dich
shell-retrying = { $count } von { $all } Konten sind nicht erreichbar
shell-no-network = Kein Netz für { $count } von { $all } Konten
shell-reading = { $count ->
    [one] 1 Konto, liest gerade
   *[other] { $count } Konten, lesen gerade
}
shell-watched = { $count ->
    [one] 1 Konto wird überwacht
   *[other] { $count } Konten werden überwacht
}
shell-metered = Netz mit Volumentarif
shell-hint-release = freigeben
shell-hint-spam = Spam
shell-hint-good = gut
shell-hint-undo = zurück
shell-hint-palette = alles
shell-start-agent = Agent starten
shell-try-again = Noch einmal versuchen
shell-offline-means = Deine Post bleibt, wo sie ist; gefiltert wird erst wieder, wenn der Agent läuft. Tamis versucht es auch von selbst
shell-more-problems = { $count ->
    [one] und 1 weiteres: siehe Konten
   *[other] und { $count } weitere: siehe Konten
}
shell-undo-this = Das zurücknehmen
shell-close-note = Diese Meldung schließen
