# What was changed.

history-title = History
history-empty-title = Nothing has been changed yet
history-empty = Whatever you or Tamis do with a message appears here, and can be taken back
history-by-tamis = by Tamis
history-taken-back = taken back
history-working = working…
history-undo = Undo
history-undo-one = Undo { $what }, { $time }
