# Die Liste der Nachrichten.

review-count = { $count ->
    [one] 1 Nachricht
   *[other] { $count } Nachrichten
}
review-check = Jetzt nach neuer Post sehen
review-search = Absender, Betreff und Text durchsuchen
review-search-clear = Suche leeren
review-text-running = Der Text der Post in { $accounts } wird noch durchsucht
review-text-failed = Der Text der Post in { $accounts } konnte nicht durchsucht werden: nicht verbunden oder beschäftigt
review-text-unseen = { $count ->
    [one] Der Text von 1 älteren Nachricht wurde nicht durchsucht: Der Server braucht zu lange
   *[other] Der Text von { $count } älteren Nachrichten wurde nicht durchsucht: Der Server braucht zu lange
}
review-late = Die Liste wird zusammengestellt
review-nothing-found = Nichts gefunden
review-nothing-found-text = Weder Absender noch Betreff noch Text enthalten „{ $search }“
review-nothing-found-yet = Kein Absender und kein Betreff enthält „{ $search }“. Der Text wird noch durchsucht
review-nothing-filtered = Dazu passt nichts
review-nothing-filtered-text = Es gibt Post, die diese Auswahl weglässt
review-clear = Alles erledigt
review-clear-text = Nichts wartet auf dich. Was Tamis zurückhält, erscheint hier
review-junk-empty = Der Spam-Ordner ist leer
review-junk-empty-text = Was du oder Tamis als Spam aussortiert, erscheint hier
review-all-empty = Noch keine Post
review-all-empty-text = Jede Nachricht, die Tamis beurteilt, erscheint hier
review-starting = Es geht los
review-starting-text = Der Agent, der die Post filtert, wird gestartet
review-offline = Der Agent ist nicht verbunden
review-offline-text = Deine Post bleibt, wo sie ist. Bis der Agent läuft, wird nichts gefiltert

## Wie sie gefiltert, geordnet und gruppiert ist.

review-filter-clear = Nichts weglassen
review-class = Beurteilt als
review-class-all = Jedes Urteil
review-class-spam = Nur Spam
review-class-unsure = Nur Zweifelhaftes
review-class-ham = Nur Gutes
review-account = Konto
review-account-all = Alle Konten
review-span = Eingegangen
review-span-all = Egal wann
review-span-today = Heute
review-span-week = Letzte 7 Tage
review-span-month = Letzte 30 Tage
review-order = Reihenfolge
review-order-newest = Neueste zuerst
review-order-doubtful = Zweifelhafteste zuerst
review-group = Gruppen
review-group-none = Ohne Gruppen
review-group-sender = Nach Absender
review-group-reason = Nach Grund
review-unfold-all = Alle öffnen
review-fold-all = Alle schließen
review-group-no-sender = Ohne Absender
review-group-rest = Alle anderen
review-group-no-reason = Ohne einzelnen Grund
review-group-name = { $count ->
    [one] { $group }, 1 Nachricht
   *[other] { $group }, { $count } Nachrichten
}
review-choose-group = Alle wählen
review-choose-group-of = Alle von { $group } wählen
review-row-coming = Eine Nachricht, die gerade geholt wird

## Was sich mit Nachrichten tun lässt.

review-release = Freigeben
review-release-about = Zurück in den Posteingang und nie wieder beurteilen
review-spam = Spam
review-spam-about = In den Spam-Ordner legen und als Spam lernen
review-good = Gut
review-good-about = Zurück in den Posteingang und als erwünscht lernen
review-allow = Absender zulassen
review-allow-about = Post von diesen Adressen nie mehr aussortieren
review-allow-domain = Domain zulassen
review-allow-domain-about = Post von den Domains dieser Adressen nie mehr aussortieren
review-block = Absender sperren
review-block-about = Von jetzt an alle Post von diesen Adressen aussortieren
review-leave = Abbestellen
review-leave-about = Dich von der Liste nehmen lassen, wo der Absender erwiesen ist und eine Bitte genügt
review-leave-impossible = Es ist keine einzelne Nachricht offen, die sagt, wie man sie abbestellt
review-leave-beside = Das lässt sich nicht mit einer Taste abbestellen. Was zu tun ist, steht bei der Nachricht
review-more = Mehr …
review-undo = Rückgängig
review-undo-about = Zurücknehmen: { $what } (Strg+Z)
review-chosen = { $count } gewählt
review-busy = läuft …
review-you-spam = Du: Spam
review-you-good = Du: gut

## Post, deren Ablage auf ein Wort wartet.

review-held = { $count ->
    [one] 1 Nachricht in { $account } wartet auf dich
   *[other] { $count } Nachrichten in { $account } warten auf dich
}
review-held-stays = { $count ->
    [one] Sie ist noch im Posteingang
   *[other] Sie sind noch im Posteingang
}
review-held-file = { $count ->
    [one] Aussortieren
   *[other] Aussortieren
}
review-held-leave = { $count ->
    [one] Dalassen
   *[other] Dalassen
}
review-held-show = { $count ->
    [one] Zeigen
   *[other] Zeigen
}
review-held-file-name = Aussortieren, was in { $account } wartet
review-held-leave-name = Dalassen, was in { $account } wartet
review-held-show-name = Zeigen, was in { $account } wartet
