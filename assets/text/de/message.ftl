# Eine Nachricht.

message-none = Keine Nachricht ausgewählt
message-none-hint = Wähle eine Nachricht, um zu sehen, was sie ist und warum
message-not-shown = Diese Nachricht lässt sich nicht zeigen
message-to = an { $to }
message-tab-message = Nachricht
message-tab-headers = Kopfzeilen
message-tab-source = Quelltext
message-text = Nachricht
message-no-text = Sie hat keinen Text
message-whole-text = Ganzen Text zeigen
message-less-text = Weniger Text zeigen
message-cut = Es gibt noch mehr. Der Rest steht im Quelltext.
message-plain = Nur einfacher Text
message-plain-hint = Die Nachricht ohne Überschriften, Listen und Links
message-marks = Gelernte Wörter markieren
message-marks-hint = Rote Wörter sprechen für Spam, grüne dagegen
message-hidden =
    { $count ->
        [one] 1 Zeichen dieser Nachricht ist in einem Mailprogramm nicht zu sehen
       *[other] { $count } Zeichen dieser Nachricht sind in einem Mailprogramm nicht zu sehen
    }
message-show-hidden = Verborgenen Text zeigen
message-hide-hidden = Wieder ausblenden

# Links und Dateien.
message-links = Links und wohin sie wirklich führen
message-link-name = { $text }, Link zu { $host }
message-link-pretends = nennt { $said }, führt aber zu { $host }
message-link-lies = Er nennt { $said }, führt aber zu { $host }
message-copy-link = Link zu { $host } kopieren
message-whole-link = Ganze Adresse des Links zu { $host }
message-copy = Kopieren
message-open = Im Browser öffnen
message-files = Dateien
message-file-program = ein Programm
message-file-archive = ein Archiv
message-file-document = ein Dokument
message-file-pdf = ein PDF-Dokument
message-file-page = eine Webseite
message-file-picture = ein Bild
message-file-drawing = eine Zeichnung (SVG)
message-file-shortcut = eine Verknüpfung
message-file-disk-image = ein Datenträgerabbild
message-file-help = eine Hilfedatei, die Programme starten kann
message-file-notebook = ein OneNote-Notizbuch
message-file-signature = eine Signatur
message-file-calendar = ein Kalendereintrag
message-file-card = eine Visitenkarte
message-file-message = eine Nachricht
message-file-text = Text

# Kopfzeilen und Quelltext.
message-headers-raw = So, wie sie geschrieben sind
message-source-loading = Der Quelltext wird geholt …
message-copy-source = Quelltext kopieren
message-source-size = { $size }
message-source-cut = die ersten 256 KiB von { $size }

# Was man tun kann.
message-delete = Löschen
message-delete-hint = Entfernt die Nachricht vom Server. Das Original liegt im Archiv: „Rückgängig“ bringt sie zurück
message-accept = Absender immer zulassen
message-block = Absender immer sperren
message-list-hint = Ab jetzt alle Post von { $address }, in jedem Konto
message-leave = Abbestellen
message-leave-hint = Bittet { $whom }, dich von der Liste zu nehmen
message-leave-by-letter = Abbestellen …
message-leave-on-page = Abbestellen kannst du auf einer Seite von { $host }
message-copy-page = Adresse der Seite bei { $host } kopieren
message-letter-hint = Zeigt die Nachricht, die verschickt würde
message-letter-question = Diese Nachricht verschicken, um die Liste zu verlassen? Nichts beweist, dass die Adresse vom Absender stammt.
message-letter-to = An
message-letter-subject = Betreff
message-letter-send = Nachricht senden
message-cancel = Abbrechen
message-tell = Andere warnen
message-report = Als Spam melden …
message-report-hint = Zeigt, was gemeldet würde, und wem
message-report-question = Diese Nachricht als Spam melden? Mitgeteilt wird nur dies:
message-report-send = Meldung senden

# Warum.
message-why = Warum
message-points = { $points } Punkte
message-learner = Gelerntes: { $share } Spam
message-doubtful-from = zweifelhaft ab { $points }
message-spam-from = Spam ab { $points }
message-scale = { $score } Punkte, zweifelhaft ab { $tag }, Spam ab { $junk }
message-no-reasons = Nichts sprach für oder gegen diese Nachricht
message-bar-good = gut
message-bar-spam = Spam
message-all-reasons = Alle { $count } Gründe zeigen
message-fewer-reasons = Weniger Gründe zeigen
message-reason = { $points } Punkte, { $about }
message-words = Wörter, die Tamis gelernt hat
message-word = { $word }: { $share } Spam
message-asked = Bei anderen nachgefragt
message-show-questions =
    { $count ->
        [one] Die einzige Frage zeigen, beantwortet in { $millis } ms
       *[other] Alle { $count } Fragen zeigen, beantwortet in { $millis } ms
    }
message-hide-questions = Fragen ausblenden

# Wer sie verschickt hat.
message-badges = Ist sie von dem, der als Absender dasteht?
message-badge-provider = Dein Anbieter sagt:
message-badge-own = Tamis hat beim Eintreffen festgestellt:
message-badge-domain = die Domain des Absenders
message-spf-pass = { $domain } lässt diesen Server Post in seinem Namen verschicken
message-spf-fail = { $domain } lässt diesen Server keine Post in seinem Namen verschicken
message-spf-none = Die Domain des Absenders sagt nicht, welche Server ihre Post verschicken dürfen
message-spf-unknown = Niemand hat geprüft, welche Server ihre Post verschicken dürfen
message-dkim-pass = Sie ist von { $domain } unterschrieben und seither unverändert
message-dkim-fail = Die Unterschrift von { $domain } passt nicht zur Nachricht
message-dkim-none = Sie ist nicht unterschrieben
message-dkim-unknown = Niemand hat eine Unterschrift geprüft
message-dmarc-pass = { $domain } bürgt für sie
message-dmarc-fail = { $domain } bürgt nicht für sie
message-dmarc-none = Die Domain des Absenders bürgt für nichts
message-dmarc-unknown = Niemand hat gefragt, ob die Domain des Absenders für sie bürgt
message-arc-pass = Wer sie weitergereicht hat, bürgt für das, was er fand
message-arc-fail = Was die bezeugen, die sie weitergereicht haben, stimmt nicht
message-arc-none = Niemand sagt, dass sie weitergereicht wurde
message-arc-unknown = Niemand hat geprüft, wer sie weitergereicht hat

# Lernen durch Ziehen.
message-well-spam = Spam
message-well-spam-hint = Lernen, in den Spam-Ordner
message-well-good = Gut
message-well-good-hint = Lernen, zurück in den Posteingang
message-well-teach = Hier ablegen, damit Tamis es lernt: { $label }
message-well-accept = Zulassen
message-well-accept-hint = Absender immer zulassen
message-well-block = Sperren
message-well-block-hint = Absender immer sperren
message-well-list = Hier ablegen: { $label }
message-folder-inbox = { $account }: Posteingang
message-folder-junk = { $account }: { $folder }
message-folder-name = Zum Verschieben nach { $folder } hier ablegen
message-dragged =
    { $count ->
        [one] 1 Nachricht
       *[other] { $count } Nachrichten
    }
message-drop-here = Ablegen, damit Tamis daraus lernt
message-drop-question =
    { $count ->
        [one] Was ist { $name }?
       *[other] Was sind diese { $count } Dateien?
    }
message-drop-hint = Tamis lernt aus den Nachrichten darin. „Rückgängig“ nimmt es zurück.
message-drop-nothing = Nichts lernen
message-drop-spam = Das ist Spam
message-drop-good = Das ist gut
message-opened = Im Browser geöffnet
message-drop-missing = Nicht gefunden, deshalb wird danach nicht gefragt: { $files }
message-no-paths = Hier lassen sich nur Dateien von diesem Rechner ablegen
message-asked-answer = { $answer } ({ $millis } ms)
