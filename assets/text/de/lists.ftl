# Die Listen.

lists-title = Listen
lists-about = Ein Eintrag entscheidet, was auch immer sonst für oder gegen eine Nachricht spricht.
lists-empty = Die Listen sind leer
lists-empty-text = Trag ein, von wem du immer hören willst oder nie; bei jeder Nachricht gibt es Knöpfe für ihren Absender
lists-search = Listen durchsuchen
lists-none-found = Kein Eintrag passt
lists-accept = Immer zulassen
lists-block = Immer sperren
lists-side = Zulassen oder sperren
lists-goes-by = Wonach er sich richtet
lists-add = Eintragen
lists-address = Adresse
lists-address-example = anna@example.org oder *@example.org
lists-domain = Domain
lists-domain-example = example.org und alles darunter
lists-ip = Netz
lists-ip-example = 192.0.2.0/24: der Rechner, der die Nachricht übergeben hat
lists-phrase = Wörter
lists-phrase-example = Lottogewinn: im Betreff oder im Text
lists-regex = Muster
lists-regex-example = liebe(r freund|s mitglied)
lists-header = Kopfzeile
lists-header-example = X-Mailer: *bulk*
lists-file = Dateiname
lists-file-example = *.iso, auch in Archiven
lists-country = Land
lists-country-example = Tschechien oder CZ: woher die Nachricht kommt
lists-language = Sprache
lists-language-example = Tschechisch oder cs: des Textes
lists-all-sides = Beide Listen
lists-only-accept = Zugelassene
lists-only-block = Gesperrte
lists-only-off = Ausgeschaltete
lists-filter-side = Welche Liste
lists-all-kinds = Alle Arten
lists-filter-kind = Welche Art
lists-total = { $shown ->
    [one] 1 Eintrag
   *[other] { $shown } Einträge
}
lists-working = einen Moment …
lists-remove = Entfernen
lists-remove-name = { $value } aus den Listen entfernen
lists-switch-off = Ausschalten
lists-switch-off-name = { $value } ausschalten
lists-switch-on = Einschalten
lists-switch-on-name = { $value } einschalten
lists-no-hit = noch kein Treffer
lists-hits = { $hits ->
    [one] 1 Treffer, zuletzt { $last }
   *[other] { $hits } Treffer, zuletzt { $last }
}
lists-is-accepted = immer zugelassen
lists-is-blocked = immer gesperrt
lists-is-off = ausgeschaltet
lists-only-in = nur in { $account }
lists-from-file = aus einer Datei
lists-files = Aus einer Datei, in eine Datei
lists-files-about = Gelesen werden Listen, die Tamis geschrieben hat, die Einstellungen von SpamAssassin und Adressbücher; wer darin steht, wird zugelassen. Eine Datei lässt sich auch hierher ziehen. Ohne Pfad ist es tamis-lists.csv im Ordner für Dokumente
lists-path = Pfad der Datei
lists-path-example = ~/Dokumente/tamis-lists.csv
lists-import = Importieren
lists-export = Exportieren
lists-export-over = Eine vorhandene Datei überschreiben
