# Die Schritte nach einem neuen Konto.

setup-step = Schritt { $step } von { $steps }
setup-works = { $account } ist verbunden
setup-later = Später
setup-later-tip = Das Konto ist schon in Betrieb. Diese Schritte lassen sich auf der Seite Konten wieder öffnen
setup-back = Zurück
setup-next = Weiter
setup-not-now = Jetzt nicht
setup-finish = Fertig
setup-review = Zeigen, was zu prüfen ist

setup-folders = Ordner
setup-looking = Verbinden und die Ordner ansehen …
setup-unseen = Die Schritte lassen sich trotzdem durchgehen; die Ordner bleiben, wie sie sind
setup-folders-text = Diese Ordner hat Tamis gefunden. Gehört Spam in einen anderen, so wähle ihn hier; sonst ist nichts zu tun
setup-sent = Gesendet
setup-trash = Papierkorb
setup-none = keiner
setup-junk-made = noch keiner: wird als Junk angelegt

setup-treatment = Spam und zweifelhafte Post
setup-treatment-own = In den Einstellungen steht für dieses Konto etwas Eigenes. Es bleibt dabei, wenn du nichts anderes wählst
setup-file = Spam aussortieren, Zweifelhaftes im Posteingang lassen (empfohlen)
setup-file-text = Spam kommt in den Spam-Ordner. Was erwünscht sein könnte, bleibt an seinem Platz und wird zum Prüfen gezeigt
setup-mark = Nur markieren: nichts wird verschoben, bis ich es sage
setup-mark-text = Spam bleibt im Posteingang, mit einem Schlagwort, das andere Mailprogramme kennen, und wird zum Prüfen gezeigt
setup-apart = Spam aussortieren, Zweifelhaftes in einen eigenen Ordner legen
setup-apart-text = Im Posteingang ist Ruhe. Was erwünscht sein könnte, wartet in einem eigenen Ordner (Tamis/Quarantine, wenn in den Einstellungen kein anderer steht) und wird zum Prüfen gezeigt

setup-learn = Aus der vorhandenen Post lernen
setup-learn-text = Tamis kann die Post lesen, die schon da ist, um zu wissen, was du willst. Nichts wird verschoben oder markiert, nichts verlässt diesen Rechner, und es lässt sich auf einmal zurücknehmen
setup-learn-nothing = Es ist noch keine Post da, aus der zu lernen wäre. Tamis lernt ab jetzt aus dem, was du tust
setup-learn-good = { $messages ->
    [one] { $messages } Nachricht
   *[other] { $messages } Nachrichten
} als gut aus { $folder }
setup-learn-spam = { $messages ->
    [one] { $messages } Nachricht
   *[other] { $messages } Nachrichten
} als Spam aus { $folder }
setup-learn-junk = Was im Spam-Ordner liegt, ist Spam
setup-learn-goes-on = Du musst nicht warten: es geht von selbst weiter, auch wenn dieses Fenster zu ist
setup-learn-uncounted = Noch ist nicht bekannt, wie viel zum Lernen da ist. Du musst nicht darauf warten: das Lernen kann trotzdem beginnen, oder später auf der Seite „Konten“
setup-learn-again = Noch einmal zählen

setup-done = Geschafft
setup-done-file = Ab jetzt kommt neuer Spam von selbst in den Ordner { $junk }, und Zweifelhaftes bleibt im Posteingang. Beides steht unter „Zu prüfen“, wo eine Taste richtigstellt, was falsch war.
setup-done-mark = Ab jetzt wird neuer Spam markiert, und nichts wird verschoben. Er steht unter „Zu prüfen“, wo eine Taste ihn aussortiert.
setup-done-apart = Ab jetzt kommt neuer Spam in den Ordner { $junk } und Zweifelhaftes in einen eigenen Ordner. Beides steht unter „Zu prüfen“, wo eine Taste richtigstellt, was falsch war.
setup-done-own = Ab jetzt geschieht mit neuem Spam und mit Zweifelhaftem, was in den Einstellungen dieses Kontos steht. Beides steht unter „Zu prüfen“, wo eine Taste richtigstellt, was falsch war.
setup-done-icon = Dieses Fenster kann zu: Tamis arbeitet ohne es weiter. Hat dein Desktop eine Leiste für Symbole, so ist dort auch das von Tamis, ein Sieb.
