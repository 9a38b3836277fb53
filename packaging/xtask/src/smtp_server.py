# A private submission server on loopback, for as long as its standard input is open.
#
# smtp_server.py FOLDER PLAIN_PORT STARTTLS_PORT TLS_PORT. FOLDER/tls has server.pem and server.key. Each message that is
# accepted is put into FOLDER/mail as NUMBER.eml, byte for byte, and NUMBER.envelope: sender, recipient, and what MAIL
# said besides, a line each. The first word of a recipient's address says what the server does with it, see `Handler`.
import asyncio, os, ssl, sys

from aiosmtpd.smtp import SMTP, AuthResult

SIZE = 32 << 20


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        word = address.split("@")[0]
        if word == "nobody":
            return "550 5.1.1 There is no nobody here"
        if word == "busy":
            return "451 4.3.0 Come back later"
        if word == "cut":
            server.transport.close()
            return "421 4.3.0 Cut"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        word = envelope.rcpt_tos[0].split("@")[0]
        if word == "refused":
            return "554 5.7.1 We do not want that"
        if word == "full":
            return "452 4.2.2 The mailbox is full"
        self.count += 1
        name = os.path.join(self.folder, "mail", str(self.count))
        with open(name + ".eml", "wb") as file:
            file.write(envelope.original_content)
        said = [envelope.mail_from, *envelope.rcpt_tos, *envelope.mail_options]
        with open(name + ".envelope", "w", encoding="utf-8") as file:
            file.write("\n".join(said) + "\n")
        if word == "silent":
            server.transport.close()
        return "250 2.0.0 Queued"


def authenticate(server, session, envelope, mechanism, auth_data):
    known = (auth_data.login, auth_data.password) == (b"robin", b"secret")
    return AuthResult(success=known, handled=False)


async def main():
    folder, *ports = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, "tls/server.pem"), os.path.join(folder, "tls/server.key"))
    handler = Handler(folder)
    common = dict(enable_SMTPUTF8=True, data_size_limit=SIZE, authenticator=authenticate, auth_required=True)
    # What TLS has been done outside of it this library does not see.
    plain = lambda: SMTP(handler, hostname="localhost", auth_require_tls=False, **common)
    starttls = lambda: SMTP(handler, hostname="localhost", tls_context=context, require_starttls=True, **common)
    loop = asyncio.get_running_loop()
    for factory, port, tls in zip([plain, starttls, plain], ports, [None, None, context]):
        await loop.create_server(factory, host="127.0.0.1", port=int(port), ssl=tls)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
