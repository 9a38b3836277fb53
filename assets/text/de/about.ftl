# Was dieses Programm ist und wessen Arbeit darin steckt.

about-title = Tamis { $version }
about-what = Ein Spamfilter, der auf Ihrem eigenen Rechner lebt. Ihre E-Mails bleiben dort und auf Ihrem Server.
about-licence = Lizenz von Tamis: { $licence }, nach Ihrer Wahl. Jede Gewährleistung ist ausgeschlossen.
about-folder = Was es weiß, liegt in { $path }
about-others = Die Arbeit anderer darin, mit ihren Lizenzen
about-search = Bestandteile und Lizenzen durchsuchen
about-found = { $count ->
    [one] 1 Bestandteil
   *[other] { $count } Bestandteile
}
about-none = Kein Bestandteil hat das im Namen oder in der Lizenz
about-choose = Wählen Sie einen Bestandteil, um seine Lizenz zu lesen
about-copy = Adresse kopieren
about-open = Über Tamis und die Lizenzen
