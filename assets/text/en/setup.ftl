# The steps behind a new account.

setup-step = Step { $step } of { $steps }
setup-works = { $account } is connected
setup-later = Later
setup-later-tip = The account works as it is. These steps can be opened again on the page Accounts
setup-back = Back
setup-next = Next
setup-not-now = Not now
setup-finish = Finish
setup-review = Show what is to review

setup-folders = Folders
setup-looking = Connecting and looking at the folders…
setup-unseen = The steps can be gone through all the same; the folders stay as they are
setup-folders-text = Tamis has found these folders. If junk belongs into another one, choose that here; else there is nothing to do
setup-sent = Sent
setup-trash = Trash
setup-none = none
setup-junk-made = none yet: will be made as Junk

setup-treatment = Junk and doubtful mail
setup-treatment-own = The settings have a way of their own for this account. It stays unless you choose another
setup-file = File junk, leave doubtful mail in the inbox (recommended)
setup-file-text = Junk goes to the Junk folder. What might be wanted stays where it is and is shown for review
setup-mark = Only mark: nothing is moved until I say so
setup-mark-text = Junk stays in the inbox with a mark that other mail programs know, and is shown for review
setup-apart = File junk, and put doubtful mail into a folder of its own
setup-apart-text = The inbox stays calm. What might be wanted waits in a folder of its own, Tamis/Quarantine unless the settings name another, and is shown for review

setup-learn = Learn from what is there
setup-learn-text = Tamis can read the mail that is there to know what you want. Nothing is moved or marked, nothing leaves this computer, and it can be taken back at once
setup-learn-nothing = There is no mail to learn from yet. Tamis learns from what you do from now on
setup-learn-good = { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
} as good from { $folder }
setup-learn-spam = { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
} as spam from { $folder }
setup-learn-junk = What lies in Junk is spam
setup-learn-goes-on = You need not wait: it goes on by itself, also when this window is closed
setup-learn-uncounted = How much there is to learn from is not known yet. You need not wait for it: learning can begin all the same, or later from the page Accounts
setup-learn-again = Count again

setup-done = Done
setup-done-file = From now on new junk goes to the folder { $junk } by itself, and doubtful mail stays in the inbox. Both are listed under To review, where one key puts right what was wrong.
setup-done-mark = From now on new junk is marked, and nothing is moved. It is listed under To review, where one key files it.
setup-done-apart = From now on new junk goes to the folder { $junk }, and doubtful mail to a folder of its own. Both are listed under To review, where one key puts right what was wrong.
setup-done-own = From now on new junk and doubtful mail are dealt with as the settings of this account say. Both are listed under To review, where one key puts right what was wrong.
setup-done-icon = This window can be closed: Tamis goes on without it. Where your desktop has a tray, its icon is there, a sieve.
