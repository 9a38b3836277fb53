# The accounts.

accounts-welcome = Welcome to Tamis
accounts-welcome-text = Tamis watches your mailboxes over IMAP and sifts out the spam. It needs an address and its password. It deletes no mail unless you want it to, and what it learns stays on this computer
accounts-autostart = Start Tamis when I log in
accounts-autostart-text = The mailboxes are watched from then on; this window need not be open
accounts-setup = Set up…
accounts-setup-name = Set up { $account }…
accounts-remove = Remove…
accounts-remove-name = Remove { $account }…
accounts-remove-ask = Remove { $account }?
accounts-remove-text = Tamis stops watching this account and forgets its password. Mail on the server stays as it is, and what was learned is kept. This cannot be undone, but the account can be added again
accounts-remove-yes = Remove account
accounts-remove-no = Keep it
accounts-junk = Junk goes to the folder { $folder }
accounts-junk-unknown = The Junk folder is not known yet
accounts-try-now = Try now
accounts-try-now-name = Try { $account } now
accounts-do-needs-you = Nothing is filtered in this account until that is put right. Then:
accounts-do-retrying = Tamis goes on trying by itself; there is nothing you have to do. If you would rather not wait:
accounts-do-offline = Mail is filtered as soon as this computer is connected again. If it is:
accounts-hears-at-once = The server tells of new mail at once
accounts-hears-every = { $minutes ->
    [one] The server is asked for new mail every minute
   *[other] The server is asked for new mail every { $minutes } minutes
}
accounts-looked = Last look at { $time }
accounts-pending = { $count ->
    [one] 1 change waits for the server
   *[other] { $count } changes wait for the server
}
