# Anmelden bei dem, der die Zugangs-Token eines Kontos ausgibt.

signin-with = Bei { $issuer } anmelden statt mit Passwort
signin-about = { $issuer } lässt Tamis mit einer Client-ID ein, die du dort einmal anlegst. Sie gehört dir allein und kostet nichts
signin-make = Wo man eine Client-ID von { $issuer } anlegt
signin-note-google = Leg einen OAuth-Client der Art „Desktopanwendung“ an: seine ID und sein Clientschlüssel gehören hierher. Solange dein Projekt im Test ist, beendet Google jede Anmeldung nach sieben Tagen
signin-note-microsoft = Registriere eine Anwendung für Konten in jedem Verzeichnis und für persönliche Konten, mit http://localhost als Umleitungsadresse einer Desktopanwendung, und erlaube öffentliche Clientflows. Ihre Anwendungs-ID gehört hierher
signin-note-fastmail = Fastmail trägt Clients auf Anfrage von Hand ein. Mit einem App-Passwort geht es schneller und genauso gut
signin-note-yahoo = Neue Clients für Post werden zurzeit nicht angenommen; ein App-Passwort kann jeder nehmen
signin-client = Client-ID
signin-secret = Clientschlüssel
signin-secret-hint = meist keiner
signin-begin = Bei { $issuer } anmelden …
signin-by-code = Mit einem Code auf einem anderen Gerät …
signin-no-issuer = Für diesen Server kennt Tamis niemanden, bei dem man sich anmeldet: das lässt sich in die Einstellungen schreiben
signin-need-client = Gib die Client-ID ein
signin-need-secret = Gib den Clientschlüssel ein
signin-again = Noch einmal anmelden …
signin-again-name = Für { $account } noch einmal bei { $issuer } anmelden

signin-title = Bei { $issuer } anmelden
signin-beginning = Die Seite zum Anmelden wird geholt …
signin-open-here = Öffne diese Seite in deinem Browser und melde dich dort an. Der Browser kommt von selbst zu Tamis zurück
signin-open-anywhere = Öffne diese Seite auf irgendeinem Gerät und tipp diesen Code ein
signin-open = Seite öffnen
signin-copy = Adresse kopieren
signin-waiting = Tamis wartet, bis du zurück bist …
signin-close = Schließen
signin-done = Du bist wieder angemeldet
