# The way of mail: to a mailbox, and of one message.

route-title = Route
route-about = Who takes your mail from the world, and how your domain stands.
route-of = Route of { $account }
route-asking = Asking the domain name system…
route-writer = Whoever writes to you
route-writer-asks = asks who takes mail for { $domain }
route-order = order { $number }
route-backup = stands in
route-no-address = no address is known
route-named = { $address }, named { $name }
route-mailbox = Your mailbox
route-domain = How your domain stands
route-again = Look again

route-way = The way it took
route-boundary = Here your provider took it from outside. What stands above may be invented.
route-somebody = Somebody
route-calling-itself = calling itself { $name }
route-at = at { $host }
route-on = on
route-to = to { $host }
route-encrypted = encrypted
route-not-encrypted = not encrypted
route-slow-clock = by a clock that is { $span } slow
route-at-once = at once
route-later = { $span } later
route-seconds = { $count } s
route-minutes = { $count } min
route-hours = { $count } h
route-days = { $count } days
