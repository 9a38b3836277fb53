"""Prints pyzor's digest of each message on the input, which stands behind its length in four bytes."""
import email
import struct
import sys

import pyzor.digest

source = sys.stdin.buffer
while head := source.read(4):
    raw = source.read(struct.unpack(">I", head)[0])
    try:
        print(pyzor.digest.DataDigester(email.message_from_bytes(raw)).value)
    except Exception:
        print()
