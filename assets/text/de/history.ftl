# Was geändert wurde.

history-title = Verlauf
history-empty-title = Noch wurde nichts geändert
history-empty = Was du oder Tamis mit einer Nachricht tun, steht hier und lässt sich zurücknehmen
history-by-tamis = von Tamis
history-taken-back = zurückgenommen
history-working = wird erledigt …
history-undo = Zurücknehmen
history-undo-one = { $what } zurücknehmen, { $time }
