"""Stands in for dccifd: takes one request after the other over the socket in the folder, and answers with these counts.

The protocol is that of dccifd(8): options, the client, its HELO and the sender, a line each, then the recipients and an empty
line, then the message until the other side is done. The answer has a line for the whole, one for the recipients, and the
X-DCC header if that was asked for.
"""
import os
import socket
import sys

folder, counts = sys.argv[1:]
path = os.path.join(folder, "dccifd")
listener = socket.socket(socket.AF_UNIX)
listener.bind(path + ".new")
listener.listen()
os.rename(path + ".new", path)
while True:
    client, _ = listener.accept()
    asked = b""
    while piece := client.recv(65536):
        asked += piece
    with open(os.path.join(folder, "asked"), "wb") as log:
        log.write(asked)
    options = asked.split(b"\n", 1)[0].split()
    answer = "A\nA\n"
    if b"header" in options:
        answer += f"X-DCC-test-Metrics: host.example 1; bulk {counts}\n"
    client.sendall(answer.encode())
    client.close()
