# Die Seitenleiste.

side-history = Verlauf
side-lists = Listen
side-route = Weg der Post
side-accounts = Konten
side-palette = Nach allem suchen, was sich tun lässt
side-teach = Lernen: hierher ziehen
side-look-system = Farben wie das System
side-look-light = Helle Farben
side-look-dark = Dunkle Farben
side-contrast-more = Mehr Kontrast
side-contrast-usual = Üblicher Kontrast
side-scale = Dargestellt mit { $percent } %
side-learned = Gelernt: { $ham } gute, { $spam } Spam
side-archive = { $count ->
    [one] Archiv: 1 Original, { $size }
   *[other] Archiv: { $count } Originale, { $size }
}
