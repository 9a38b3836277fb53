# Die Leute, die schreiben.

people-title = Leute
people-loading = Einen Moment …
people-failed = Die Leute lassen sich nicht zeigen: { $why }
people-none = Noch hat niemand geschrieben
people-none-text = Wer dir schreibt und wem du schreibst, steht hier, mit seinem Ruf und dem Grund dafür
people-none-found = Niemand heißt so oder hat so eine Adresse
people-search = Leute suchen
people-order = Reihenfolge
people-order-newest = Neueste zuerst
people-order-mail = Meiste Post
people-order-spam = Am meisten Spam
people-order-standing = Bester Ruf
people-total = { $total ->
    [one] 1 Person
   *[other] { $total } Leute
}
people-choose = Wähle jemanden
people-choose-text = Dann steht hier, wie der Ruf zustande kommt und was sich tun lässt
people-grade-accepted = Immer zugelassen
people-grade-blocked = Immer gesperrt
people-grade-peer = Bekannt
people-grade-read = Du liest es
people-grade-good = Gut
people-grade-fair = Eher gut
people-grade-open = Unentschieden
people-grade-doubted = Eher Spam
people-grade-bad = Spam
people-row = { $name }, { $grade }, { $mail ->
    [one] 1 Nachricht
   *[other] { $mail } Nachrichten
}, { $spam } Spam, { $written } von dir, { $last }
people-mail = { $mail } empfangen
people-spam = { $spam } Spam
people-written = { $written } gesendet
people-sparkline = Post der letzten 12 Wochen: { $good } kein Spam, { $spam } Spam
people-meter = Ruf { $percent }
people-why-accepted = Ein Eintrag deiner Listen lässt diese Adresse immer zu.
people-why-accepted-wide = Ein Eintrag deiner Listen lässt Post von dort immer zu.
people-why-blocked = Ein Eintrag deiner Listen sperrt diese Adresse immer.
people-why-blocked-wide = Ein Eintrag deiner Listen sperrt Post von dort immer.
people-why-answered = Du hast { $written ->
    [one] einmal
   *[other] { $written }-mal
} dorthin geschrieben und { $answered ->
    [one] eine Nachricht
   *[other] { $answered } Nachrichten
} beantwortet: was nachweislich von dort kommt, wird nie aussortiert.
people-why-written = Du hast { $written ->
    [one] einmal
   *[other] { $written }-mal
} dorthin geschrieben: was nachweislich von dort kommt, wird nie aussortiert.
people-why-listed = Die Adresse steht in deinem Adressbuch: was nachweislich von dort kommt, wird nie aussortiert.
people-why-read = Du liest Woche für Woche, was von dort kommt, und hast nie etwas davon Spam genannt.
people-why-said = Du hast { $good } gut und { $spam } Spam genannt und { $read } weitere gelesen.
people-why-untold = Du hast noch nichts dazu gesagt; der Ruf ist darum weder gut noch schlecht.
people-why-domain-good = Andere bei { $domain } haben einen guten Ruf.
people-why-domain-bad = Andere bei { $domain } schicken Spam.
people-why-unproven = Nichts beweist, von wem diese Post ist; sie wird daran erkannt, wie sie immer kommt.
people-allow = Zulassen
people-allow-name = { $who } immer zulassen
people-block = Sperren
people-block-name = { $who } immer sperren
people-allow-domain = { $domain } zulassen
people-allow-domain-name = Alles von { $domain } immer zulassen
people-block-domain = { $domain } sperren
people-block-domain-name = Alles von { $domain } immer sperren
people-off-list = Von der Liste nehmen
people-off-list-name = { $who } von der Liste nehmen
people-see-list = In den Listen zeigen
people-forget = Bekanntschaft vergessen
people-forget-name = Vergessen, dass du { $who } schreibst, bis du es wieder tust
people-facts = Verlauf
people-fact-mail = Nachrichten von dort
people-fact-spam = Davon Spam
people-fact-doubtful = Davon zweifelhaft
people-fact-written = Nachrichten von dir
people-fact-answered = Von dir beantwortet
people-fact-said = Von dir gut / Spam genannt
people-fact-read = Gelesen und behalten
people-fact-first = Erste Nachricht
people-fact-last = Letzte Nachricht
people-fact-wrote = Zuletzt von dir geschrieben
people-weeks = Die letzten 12 Wochen
people-weeks-good = kein Spam
people-weeks-spam = Spam
people-last = Letzte Nachrichten
people-last-none = Von dort ist keine Nachricht bekannt
people-open-name = { $subject } öffnen, { $class }, { $when }
people-class-ham = gut
people-class-unsure = zweifelhaft
people-class-spam = Spam
