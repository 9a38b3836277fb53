# Was dieses Programm ist und wessen Arbeit darin steckt.

about-title = Tamis { $version }
about-what = Ein Spamfilter, der auf deinem eigenen Rechner läuft. Deine Post bleibt dort und auf deinem Server.
about-licence = Lizenz von Tamis: { $licence }, nach deiner Wahl. Jede Gewährleistung ist ausgeschlossen.
about-folder = Was Tamis weiß, liegt in { $path }
about-others = Darin enthaltene Werke anderer, mit ihren Lizenzen
about-search = Bestandteile und Lizenzen durchsuchen
about-found = { $count ->
    [one] 1 Bestandteil
   *[other] { $count } Bestandteile
}
about-none = Kein Bestandteil hat das im Namen oder in der Lizenz
about-choose = Wähle einen Bestandteil, um seine Lizenz zu lesen
about-copy = Adresse kopieren
about-open = Über Tamis und die Lizenzen
