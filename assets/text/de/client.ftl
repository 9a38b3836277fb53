# Die Verbindung zum Agenten, und Hinweise am Fuß des Fensters.

client-wrong-answer = Der Agent hat auf eine andere Frage geantwortet
client-not-connected = Es ist nichts geschehen: der Agent ist nicht verbunden
client-older = Der laufende Agent ({ $agent }) ist älter als dieses Fenster. Starte den Agenten neu, oder melde dich am Rechner ab und wieder an
client-newer = Der laufende Agent ({ $agent }) ist neuer als dieses Fenster. Öffne das Fenster neu, oder aktualisiere Tamis
client-silent = Tamis erreicht seinen Agenten nicht: er antwortet nicht
client-ended = Die Verbindung zum Agenten ist abgebrochen: { $why }
client-agent-stopped = der Agent wurde beendet
client-unreachable = Tamis erreicht seinen Agenten unter { $socket } nicht: { $why }
client-start-ended = Tamis kann seinen Agenten nicht starten: er hat sich sofort beendet ({ $status }). Sein Protokoll sagt, warum
client-start-slow = Der Agent wurde gestartet, antwortet aber noch nicht
client-start-failed = Tamis kann seinen Agenten nicht starten: { $why }
client-not-installed = { $program } ist nicht installiert
client-route-lost = Die Verbindung zum Agenten ist abgerissen, bevor er geantwortet hat
client-route-offline = Der Weg der Post lässt sich nicht nachsehen: der Agent ist nicht verbunden
client-job-lost = Die Verbindung zum Agenten ist abgerissen, bevor er geantwortet hat. Sieh nach, ob es geschehen ist, bevor du es noch einmal versuchst
client-too-long = die Anfrage ist zu lang
client-frame-too-long = was er gesendet hat, ist zu lang
client-unreadable = er hat Unlesbares gesendet: { $why }
client-not-yours = dort antwortet ein Programm von jemand anderem

client-busy = Der Agent ist beschäftigt, und dies ist nicht geschehen. Versuch es gleich noch einmal
client-link-copied = Kopiert
