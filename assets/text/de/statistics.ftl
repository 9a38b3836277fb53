# Die Zahlen.

statistics-title = Statistik
statistics-loading = Wird gezählt
statistics-empty = Noch nichts zu zählen
statistics-empty-about = Sobald Tamis Post beurteilt hat, steht hier, wie viel es war und wie oft es sich geirrt hat.
statistics-week = 7 Tage
statistics-month = 30 Tage
statistics-year = Ein Jahr
statistics-all = Alles
statistics-all-accounts = Alle Konten
statistics-account = Konto
statistics-said = { $filed ->
    [0] Seit { $date } hat Tamis nichts aussortiert.
    *[other] Seit { $date } hat Tamis { $filed } aussortiert{ $back ->
        [0] , du hast keine zurückgeholt.
        *[other] , du hast { $back } zurückgeholt.
    }
}
statistics-missed = { $missed ->
    [0] Du hast keinen Spam gefunden, der durchkam.
    [one] Du hast eine Nachricht gefunden, die durchkam.
    *[other] Du hast { $missed } gefunden, die durchkamen.
}
statistics-judged = Beurteilt
statistics-filed = Aussortiert
statistics-put-back = Von dir zurückgeholt
statistics-put-back-short = Zurückgeholt
statistics-missed-short = Durchgekommen
statistics-caught = Vom Spam erkannt
statistics-unknown = nicht bekannt
statistics-days = Post nach Tagen
statistics-weeks = Post nach Wochen
statistics-months = Post nach je vier Wochen
statistics-bar = { $date }: { $spam } Spam, { $unsure } zweifelhaft, { $ham } erwünscht
statistics-ham = Erwünscht
statistics-unsure = Zweifelhaft
statistics-spam = Spam
statistics-save-csv = Als Tabelle speichern
statistics-save-png = Als Bild speichern
statistics-saved = Gespeichert in { $path }
statistics-not-saved = Nicht gespeichert in { $path }: { $why }
statistics-accounts = Nach Konto
statistics-good-relays = Netze, die am meisten gute Post einliefern
statistics-bad-relays = Netze, die am meisten Spam einliefern
statistics-relays-about = Alle Konten zusammen, nach ganzen Wochen
statistics-no-relays = Keines hat so viele Nachrichten
statistics-least = Mindestens { $count } Nachrichten
statistics-findings = Was am häufigsten gefunden wurde
statistics-findings-about = { $count ->
    [one] In der neuesten Nachricht dieser Zeit
    *[other] In den neuesten { $count } Nachrichten dieser Zeit
}
statistics-column-messages = Nachrichten
statistics-column-network = Netz
statistics-column-finding = Fund
