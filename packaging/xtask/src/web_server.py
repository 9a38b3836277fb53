"""A site on which mailings are left, over TLS: see web.rs."""

import os
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site(ThreadingHTTPServer):
    daemon_threads = True
    lock = threading.Lock()
    folder, context = None, None
    calls = 0

    def get_request(self):
        connection, address = super().get_request()
        with self.lock, open(os.path.join(self.folder, "knocks"), "a", encoding="utf-8") as file:
            file.write(f"{address[0]}\n")
        # The handshake is for the thread of the connection.
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = f"{self.requestline}\n{self.headers}".encode() + body
        with self.server.lock:
            self.server.calls += 1
            with open(os.path.join(self.server.folder, "calls", str(self.server.calls)), "wb") as file:
                file.write(call)
        if self.path.startswith("/drop"):
            self.close_connection = True
            return
        page = os.path.join(self.server.folder, "pages", self.path.split("?")[0].lstrip("/"))
        if self.command == "GET" and ".." not in page and os.path.isfile(page):
            with open(page, "rb") as file:
                text = file.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
            return
        is_moved = self.path.startswith("/moved")
        self.send_response(307 if is_moved else 200)
        if is_moved:
            self.send_header("Location", "/leave")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = answer


folder = sys.argv[1]
Site.folder = folder
Site.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
Site.context.load_cert_chain(os.path.join(folder, "tls/site.pem"), os.path.join(folder, "tls/site.key"))
site = Site(("0.0.0.0", 443), Handler)
threading.Thread(target=site.serve_forever, daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
os._exit(0)
