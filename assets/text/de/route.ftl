# Der Weg der Post: zu einem Postfach, und der einer Nachricht.

route-title = Weg der Post
route-about = Wer deine Post von außen annimmt, und wie es um deine Domain steht.
route-of = Weg der Post von { $account }
route-asking = Das Domain Name System wird gefragt …
route-writer = Wer dir schreibt
route-writer-asks = fragt, wer Post für { $domain } annimmt
route-order = Rang { $number }
route-backup = springt ein
route-no-address = keine Adresse bekannt
route-named = { $address }, genannt { $name }
route-mailbox = Dein Postfach
route-domain = Wie es um deine Domain steht
route-again = Noch einmal nachsehen

route-way = Der Weg, den sie nahm
route-boundary = Hier hat dein Anbieter sie von außen angenommen. Was darüber steht, kann erfunden sein.
route-somebody = Jemand
route-calling-itself = nennt sich { $name }
route-at = bei { $host }
route-on = weiter
route-to = an { $host }
route-encrypted = verschlüsselt
route-not-encrypted = nicht verschlüsselt
route-slow-clock = nach einer Uhr, die { $span } nachgeht
route-at-once = sofort
route-later = { $span } später
route-seconds = { $count } s
route-minutes = { $count } min
route-hours = { $count } h
route-days = { $count } Tage
