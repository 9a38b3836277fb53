"""The site of a domain, over TLS: one folder with what it publishes. See domain.rs."""

import ssl
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

folder, certificate, key = sys.argv[1:4]
site = ThreadingHTTPServer(("127.0.0.1", 443), partial(SimpleHTTPRequestHandler, directory=folder))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
site.socket = context.wrap_socket(site.socket, server_side=True)
site.serve_forever()
