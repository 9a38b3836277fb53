# Signing in with whoever gives out an account's access tokens.

signin-with = Sign in with { $issuer } instead of a password
signin-about = { $issuer } lets Tamis in with a client ID that you make there once. It is yours alone, and costs nothing
signin-make = Where a client ID of { $issuer } is made
signin-note-google = Make an OAuth client of the kind “Desktop app”: its ID and its secret go here. As long as your project is in testing, Google ends each sign-in after seven days
signin-note-microsoft = Register an application for accounts in any directory and personal ones, with http://localhost as redirect address of a desktop application, and allow public client flows. Its application ID goes here
signin-note-fastmail = Fastmail registers clients by hand, on request. An app password is quicker, and as good
signin-note-yahoo = New clients for mail are not taken at present; an app password works for everybody
signin-client = Client ID
signin-secret = Client secret
signin-secret-hint = none, as a rule
signin-begin = Sign in with { $issuer }…
signin-by-code = With a code on another device…
signin-no-issuer = For this server nobody is known to sign in with: that can be written into the settings
signin-need-client = Fill in the client ID
signin-need-secret = Fill in the client secret
signin-again = Sign in again…
signin-again-name = Sign in again with { $issuer } for { $account }

signin-title = Sign in { $issuer }
signin-beginning = Asking for the page on which to sign in…
signin-open-here = Open this page in your browser and sign in there. The browser comes back to Tamis by itself
signin-open-anywhere = Open this page on any device, and type in this code
signin-open = Open the page
signin-copy = Copy its address
signin-waiting = Waiting until you are back…
signin-close = Close
signin-done = You are signed in again
