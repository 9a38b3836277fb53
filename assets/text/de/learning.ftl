# Was gelernt wurde, und das Lernen aus der Post, die schon da ist.

learning-title = Gelerntes
learning-loading = Einen Moment …
learning-failed = Was gelernt wurde, lässt sich nicht zeigen: { $why }
learning-none = Noch wurde nichts gelernt
learning-none-text = Sag von Nachrichten, dass sie Spam oder gut sind, verschieb sie in irgendeinem Programm in den Spam-Ordner oder heraus, oder lass Tamis aus der Post lernen, die schon da ist
learning-none-of-source = So wurde nichts gelernt
learning-all-sources = Alles Gelernte
learning-source = Wie es gelernt wurde
learning-source-file = Dateien
learning-source-review = In Tamis gesagt
learning-source-move = Verschoben
learning-source-keyword = Anderswo markiert
learning-source-server = Vom Server aussortiert
learning-source-bootstrap = Post, die schon da war
learning-source-undo = Änderung zurückgenommen
learning-source-other = Auf anderem Weg
learning-lessons = { $lessons ->
    [one] 1 Nachricht
   *[other] { $lessons } Nachrichten
}
learning-unknown = Eine Nachricht, von der nur noch die Wörter da sind
learning-take-back = Zurücknehmen
learning-take-back-name = Zurücknehmen: { $label }, { $what }
learning-is-spam = Spam
learning-is-good = Gut
learning-row = { $label }, { $what }, { $how }, { $when }
learning-totals = Bisher gelernt
learning-total-good = Gut
learning-total-spam = Spam
learning-outdated = { $lessons ->
    [one] 1 Nachricht, die eine ältere Version gelernt hat, zählt erst wieder, wenn sie neu gelernt ist
   *[other] { $lessons } Nachrichten, die eine ältere Version gelernt hat, zählen erst wieder, wenn sie neu gelernt sind
}
learning-word = Was ein Wort sagt
learning-word-about = Ein Wort oder zwei, eine Domain oder eine Adresse: wie oft es in gelernter Post stand und wie viel es für sich allein sagt
learning-word-field = Wort
learning-word-example = Rechnung
learning-word-look = Nachschlagen
learning-word-none = „{ $word }“ stand in keiner gelernten Nachricht
learning-word-row = { $place }: für sich allein { $percent } Spam, in { $good } guten und { $spam } Spam-Nachrichten
learning-word-counts = { $good } gut · { $spam } Spam
learning-from-mail = Die Post, die schon da ist
learning-files = In eine Datei, aus einer Datei
learning-files-about = Ohne jeden Text: von Wörtern nur, woran sie wiederzuerkennen sind. Ohne Pfad ist es tamis-lessons.txt im Ordner für Dokumente
learning-path = Pfad der Datei mit Gelerntem
learning-path-example = ~/Dokumente/tamis-lessons.txt
learning-export = Gelerntes exportieren
learning-import = Gelerntes importieren
learning-new-start = Neu anfangen
learning-reset = Alles vergessen
learning-reset-about = Zuvor wird alles Gelernte in eine Datei neben der Datenbank geschrieben; die Meldung sagt, in welche. Zurück kommt es mit „Rückgängig“ oder durch Importieren dieser Datei. Listen, Leute und was du über einzelne Nachrichten gesagt hast, bleiben
learning-offer = Tamis kann aus der Post lernen, die schon da ist
learning-offer-text = Was im Spam-Ordner liegt, zählt als Spam: was der Filter deines Anbieters dorthin gelegt hat, ob zu Recht oder nicht, und was du dorthin gelegt hast. Was du anderswo gelesen, beantwortet oder eine Woche liegen gelassen hast, zählt als gut, und Tamis merkt sich, wem du schreibst. Nichts wird verschoben oder markiert, und alles lässt sich auf einmal zurücknehmen
learning-begin = Daraus lernen
learning-begin-name = In { $account } daraus lernen
learning-begin-no-junk = Lernen, aber nicht aus dem Spam-Ordner
learning-begin-no-junk-name = In { $account } lernen, aber nicht aus dem Spam-Ordner
learning-bar = Lernen aus der Post von { $account }
learning-pause = Pause
learning-pause-name = Lernen aus der Post von { $account } unterbrechen
learning-resume = Weiter
learning-resume-name = Weiter aus der Post von { $account } lernen
learning-stop = Beenden
learning-stop-name = Lernen aus der Post von { $account } beenden
learning-moves-nothing = Dabei wird nichts verschoben oder markiert
learning-take-all-back = Alles zurücknehmen
learning-take-all-back-name = Zurücknehmen, was aus der Post von { $account } gelernt wurde
learning-again = Noch einmal lernen …
learning-again-name = Noch einmal aus der Post von { $account } lernen …
learning-again-tip = Was schon gelernt ist, wird nicht zweimal gelernt
learning-again-junk = Auch aus dem Spam-Ordner
learning-again-no-junk = Nicht aus dem Spam-Ordner
learning-doubts = Welche Nachrichten in { $account } im falschen Ordner liegen könnten
learning-doubt-good = { $folder }: { $from }, { $subject }: sieht gut aus
learning-doubt-spam = { $folder }: { $from }, { $subject }: sieht nach Spam aus
learning-undone = Was aus der vorhandenen Post gelernt wurde, ist zurückgenommen: { $good } gute und { $spam } Spam
learning-stopped = Lernen aus der vorhandenen Post beendet: { $good } gute und { $spam } Spam
learning-ended = Aus der vorhandenen Post gelernt: { $good } gute und { $spam } Spam
learning-counting = Die Post zum Lernen wird gezählt
learning-counting-paused = Vor dem Zählen der Post unterbrochen
learning-running = Lernt aus der vorhandenen Post: { $done } von { $total ->
    [one] 1 Nachricht
   *[other] { $total } Nachrichten
}, { $good } gute und { $spam } Spam
learning-running-left = Lernt aus der vorhandenen Post: { $done } von { $total ->
    [one] 1 Nachricht
   *[other] { $total } Nachrichten
}, { $good } gute und { $spam } Spam, noch etwa { $left }
learning-paused = Lernen aus der vorhandenen Post unterbrochen: { $done } von { $total ->
    [one] 1 Nachricht
   *[other] { $total } Nachrichten
}, { $good } gute und { $spam } Spam
learning-seconds = { $time ->
    [one] 1 Sekunde
   *[other] { $time } Sekunden
}
learning-minutes = { $time ->
    [one] 1 Minute
   *[other] { $time } Minuten
}
learning-hours = { $time ->
    [one] 1 Stunde
   *[other] { $time } Stunden
}
learning-tried = An { $judged ->
    [one] 1 Nachricht
   *[other] { $judged } Nachrichten
} ausprobiert, bevor sie gelernt wurden: { $right } % richtig, { $wrong } gute für Spam gehalten, { $missed } Spam übersehen
learning-peers = Du schreibst { $people ->
    [one] 1 Person
   *[other] { $people } Leuten
}: ihre Post wird nie aussortiert
learning-skipped = Nicht gelernt: { $what }
learning-no-junk = Der Spam-Ordner blieb auf deinen Wunsch unbeachtet
learning-good-in-junk = { $messages ->
    [one] 1 Nachricht im Spam-Ordner sieht
   *[other] { $messages } Nachrichten im Spam-Ordner sehen
} gut aus
learning-spam-elsewhere = { $messages ->
    [one] 1 Nachricht in anderen Ordnern sieht
   *[other] { $messages } Nachrichten in anderen Ordnern sehen
} nach Spam aus
