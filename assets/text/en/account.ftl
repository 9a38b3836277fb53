# A new account, and what an account can be asked to do.

account-title = Add account
account-address = Address
account-password = Password
account-password-hint = kept in this computer's keyring, nowhere else
account-server = Server
account-found-by-us = found by Tamis
account-security = Security
account-tls = TLS (usual)
account-no-tls = None (only for this computer)
account-more = More settings
account-port = Port
account-user = User
account-user-hint = the address
account-junk = Junk folder
account-command = Password command
account-command-hint = instead of a password: pass show mail
account-ca = CA file
account-ca-hint = certificates to trust, a PEM file

account-need-address = Fill in the address, such as ada@example.org
account-need-server = Fill in the server, such as imap.example.org
account-need-password = Fill in the password
account-need-command = Fill in the password command, under More settings: one that prints an access token
account-bad-port = The port must be a number up to 65535

account-looking = Looking for the server of { $domain }…
account-elsewhere = The name of this server is not like that of the address. Go on only if you know it
account-or-use = Or use { $host }: { $source }
account-testing = Connecting, logging in and looking at the folders…
account-adding = Testing and adding the account…
account-busy = The agent is trying
account-inbox = Found { $count ->
    [one] { $count } message
   *[other] { $count } messages
} in the inbox
account-junk-goes = Junk will go to the folder { $folder }
account-junk-made = A Junk folder will be made
account-added = The account is added

account-cancel = Cancel
account-add = Add
account-test = Test connection

# A look at older mail.
account-look = Look at older mail too…
account-look-of = Look at older mail of { $account } too…
account-look-tip = Judges what was in the inbox before Tamis came. Nothing is filed by it without your word
account-look-days = The last { $days } days
account-look-harmless = Nothing is filed by this without your word
account-older-of = Older mail of { $account }
account-resume = Resume
account-resume-look = Resume the look at older mail of { $account }
account-pause = Pause
account-pause-look = Pause the look at older mail of { $account }
account-stop = Stop
account-stop-look = Stop the look at older mail of { $account }

account-digest = Send a digest now
account-digest-to = Send a digest to { $account } now
account-digest-tip = Puts a message into the inbox that lists what was filed since the last one
