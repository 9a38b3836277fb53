# Was der Agent sagt, in Worten: Zeilen, Tage, Größen, Zustände.

view-no-sender = (ohne Absender)
view-no-subject = (ohne Betreff)
view-row-name = { $sender }, { $subject }, { $class }, { $score } Punkte, { $arrived }
view-waits-until = wartet { $time }
view-until = bis { $time }
view-waits-for-you = wartet

view-class-spam = Spam
view-class-unsure = Zweifelhaft
view-class-ham = Kein Spam
view-taught-spam = als Spam gelernt
view-taught-good = als erwünscht gelernt

view-list-review = Zu prüfen
view-list-junk = Spam
view-list-all = Alle Post

# Namen mit Leerzeichen dazwischen, von Januar und von Montag an.
view-months = Januar Februar März April Mai Juni Juli August September Oktober November Dezember
view-months-short = Jan. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.
view-weekdays = Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag
view-weekdays-short = Mo Di Mi Do Fr Sa So
view-yesterday = Gestern
view-day = { $day }. { $month }
view-day-year = { $day }. { $month } { $year }

view-bytes = { $count } Byte
view-kilobytes = { $size } kB
view-megabytes = { $size } MB
view-gigabytes = { $size } GB

# Was mit einer Nachricht geschah, in einem Wort; ein Vorleseprogramm sagt es in kleinen Buchstaben.
view-deed-tagged = Markiert
view-deed-stripped = Entschärft
view-deed-quarantined = In Quarantäne
view-deed-forwarded = Weitergeleitet
view-deed-deleted = Gelöscht
view-in-archive = Im Archiv
view-said-in-archive = im Archiv

# Dasselbe hinter dem Ordner.
view-full-held = wartet auf dein Wort, bevor sie aussortiert wird
view-full-waits = zweifelhaft und von einem neuen Absender: sie wird später noch einmal beurteilt
view-full-tagged = im Betreff markiert
view-full-stripped = von Gefährlichem befreit
view-full-quarantined = in Quarantäne gelegt
view-full-forwarded = weitergeleitet
view-full-deleted = auf dem Server gelöscht
view-full-archive = aus dem Archiv: „Freigeben“ legt das Original zurück in den Posteingang
view-full-gone = nicht mehr auf dem Server

view-backfill-done = { $days ->
    [one] Den letzten Tag
   *[other] Die letzten { $days } Tage
} durchgesehen: { $total ->
    [one] { $total } Nachricht
   *[other] { $total } Nachrichten
}, { $found } Spam gefunden
view-backfill-stopped = Durchsicht { $days ->
    [one] des letzten Tages
   *[other] der letzten { $days } Tage
} abgebrochen: { $done } von { $total ->
    [one] { $total } Nachricht
   *[other] { $total } Nachrichten
}, { $found } Spam gefunden
view-backfill-paused = Durchsicht { $days ->
    [one] des letzten Tages
   *[other] der letzten { $days } Tage
} angehalten: { $done } von { $total ->
    [one] { $total } Nachricht
   *[other] { $total } Nachrichten
}, { $found } Spam gefunden
view-backfill-runs = Durchsicht { $days ->
    [one] des letzten Tages
   *[other] der letzten { $days } Tage
}: { $done } von { $total ->
    [one] { $total } Nachricht
   *[other] { $total } Nachrichten
}, { $found } Spam gefunden

view-servers-told = Was die Herkunft einer Nachricht angeht, wird den Servern von { $told } geglaubt
view-servers-learned = Was die Herkunft einer Nachricht angeht, wird den Servern von { $learned } geglaubt, weil deine Post es so zeigt
view-servers-both = Was die Herkunft einer Nachricht angeht, wird den Servern von { $told } geglaubt, und denen von { $learned }, weil deine Post es so zeigt

view-state-connecting = Wird verbunden
view-state-watching = Wird überwacht
view-state-working = Neue Post wird gelesen
view-state-retrying = Neuer Versuch läuft
view-state-offline = Kein Netz
view-state-needs-you = Braucht dich

# Was ein Urteil geändert hätte.
view-settled = Nicht die { $points } Punkte haben entschieden, sondern ein einzelner Grund
view-more-spam = Mit { $points } Punkten mehr käme sie zum Spam.
view-more-doubtful = Mit { $points } Punkten mehr wäre sie zweifelhaft
view-without-one-inbox = Ohne „{ $reason }“ wäre sie im Posteingang geblieben
view-without-one-unmarked = Ohne „{ $reason }“ wäre sie unmarkiert durchgegangen
view-without-some-inbox = Ohne ihre { $count } schwersten Gründe wäre sie im Posteingang geblieben
view-without-some-unmarked = Ohne ihre { $count } schwersten Gründe wäre sie unmarkiert durchgegangen
view-without-lesson = Daran ändert nur etwas, was du Tamis beibringst
