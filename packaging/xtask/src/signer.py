"""Signs mail with dkimpy, an implementation of DKIM and ARC that is not ours, and says what it makes of it.

signer.py keys FOLDER                        makes keys: FOLDER/rsa.pem, FOLDER/ed25519.key, and FOLDER/records
signer.py sign FOLDER KEY SELECTOR DOMAIN    signs the message on standard input, and writes it signed
signer.py variants FOLDER                    writes signed messages, whole and altered, as FOLDER/NAME.eml; FOLDER/verdicts has for
                                             each what dkimpy finds: NAME, the valid signatures as DOMAIN/SELECTOR, and the word on
                                             the chain of those who have handed it on
FOLDER/records has the text records that the keys need, each as a name, a tab and the text.
"""

import base64
import os
import re
import subprocess
import sys
import time

import dkim
import nacl.encoding
import nacl.signing

DOMAIN = b"kim.example"
MESSAGE = (
    b"From: Kim Novak <kim@kim.example>\r\n"
    b"To: Robin Marsh <robin@example.org>\r\n"
    b"Subject: The notes of last week\r\n"
    b"Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
    b"Message-ID: <1@kim.example>\r\n"
    b"X-Topics: notes,\r\n\tsketches,\r\n and lunch\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Hello Robin,\r\n\r\nthe notes are  ready. Shall we go through them on Thursday?\r\n"
    b"Caf\xc3\xa9 as usual.\r\n\r\nKim\r\n"
)
SIGNED = [b"from", b"to", b"subject", b"date", b"message-id", b"x-topics"]


def rsa(folder, name, bits):
    path = os.path.join(folder, name)
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", path, str(bits)], check=True, stderr=subprocess.DEVNULL)
    public = subprocess.run(["openssl", "rsa", "-in", path, "-pubout", "-outform", "DER"], check=True, capture_output=True)
    return base64.b64encode(public.stdout).decode()


def make_keys(folder):
    seed = nacl.signing.SigningKey.generate()
    encoder = nacl.encoding.Base64Encoder
    with open(os.path.join(folder, "ed25519.key"), "wb") as file:
        file.write(seed.encode(encoder))
    ed = seed.verify_key.encode(encoder).decode()
    key = rsa(folder, "rsa.pem", 2048)
    other = rsa(folder, "other.pem", 2048)
    texts = {
        "rsa": f"v=DKIM1; k=rsa; p={key}",
        "ed": f"v=DKIM1; k=ed25519; p={ed}",
        "bare": f"p={key}",
        "spaced": f" v = DKIM1 ;  k = rsa ; n = a note ; p = {key[:40]} {key[40:]} ; ",
        "revoked": "v=DKIM1; k=rsa; p=",
        "other": f"v=DKIM1; k=rsa; p={other}",
        "broken": "v=DKIM1; k=rsa; p=AAAA",
        "kind": f"v=DKIM1; k=ed25519; p={key}",
        "strict": f"v=DKIM1; k=rsa; t=s; p={key}",
        "trial": f"v=DKIM1; k=rsa; t=y; p={key}",
        "sha256": f"v=DKIM1; k=rsa; h=sha256; p={key}",
        "mail": f"v=DKIM1; k=rsa; s=email; p={key}",
        "small": f"v=DKIM1; k=rsa; p={rsa(folder, 'small.pem', 1024)}",
        "large": f"v=DKIM1; k=rsa; p={rsa(folder, 'large.pem', 4096)}",
    }
    records = {f"{selector}._domainkey.kim.example": text for selector, text in texts.items()}
    for house in ["google.com", "microsoft.com", "list.example", "lee.example"]:
        records[f"rsa._domainkey.{house}"] = texts["rsa"]
    with open(os.path.join(folder, "records"), "w", encoding="ascii") as file:
        file.writelines(f"{name}\t{text}\n" for name, text in records.items())
    return records


def private(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


class Signer(dkim.DKIM):
    """Signs with further tags, or with others."""

    def __init__(self, message, change=None):
        super().__init__(message)
        self.change = change

    def gen_header(self, fields, *args, **named):
        if self.change:
            fields[:] = self.change(fields)
        return super().gen_header(fields, *args, **named)


def sign(folder, message=MESSAGE, key="rsa.pem", selector=b"rsa", kinds=(b"relaxed", b"relaxed"), names=None, change=None,
         domain=DOMAIN, length=False, identity=None, algorithm=None):
    algorithm = algorithm or (b"ed25519-sha256" if key == "ed25519.key" else b"rsa-sha256")
    signer = Signer(message, change)
    header = signer.sign(selector, domain, private(folder, key), signature_algorithm=algorithm, canonicalize=kinds,
                         include_headers=names or SIGNED, length=length, identity=identity)
    return header + message


def tag(name, value):
    """Puts a tag before the signature, or another value in its place."""
    def change(fields):
        rest = [(key, old) for key, old in fields if key != name]
        return rest[:-1] + [(name, value)] + rest[-1:]
    return change


def alterations():
    """What may become of a message on its way."""
    def in_body(old, new):
        def alter(raw):
            head, body = raw.split(b"\r\n\r\n", 1)
            assert old in body
            return head + b"\r\n\r\n" + body.replace(old, new, 1)
        return alter

    def in_head(old, new):
        def alter(raw):
            at = raw.index(b"From: Kim")
            assert old in raw[at:]
            return raw[:at] + raw[at:].replace(old, new, 1)
        return alter

    return {
        "whole": lambda raw: raw,
        "text": in_body(b"Thursday", b"Friday"),
        "space-in-text": in_body(b"are  ready", b"are ready"),
        "space-at-end": in_body(b"usual.\r\n", b"usual.  \t\r\n"),
        "blank-lines": lambda raw: raw + b"\r\n\r\n\r\n",
        "footer": lambda raw: raw + b"-- \r\nThe list\r\n",
        "no-last-end": lambda raw: raw[:-2],
        "subject": in_head(b"The notes", b"[list] The notes"),
        "author": in_head(b"kim@kim.example", b"eve@kim.example"),
        "folded": in_head(b"notes of last", b"notes\r\n of last"),
        "refolded": in_head(b"notes,\r\n\tsketches", b"notes, sketches"),
        "space-in-head": in_head(b"The notes", b"The   notes"),
        "name-in-capitals": in_head(b"Subject:", b"SUBJECT:"),
        "line-above": lambda raw: b"X-Spam-Status: No\r\n" + raw,
        "second-subject": in_head(b"Subject:", b"Subject: Another\r\nSubject:"),
        "second-author": in_head(b"From:", b"From: Eve <eve@eve.example>\r\nFrom:"),
        "line-feeds": lambda raw: raw.replace(b"\r\n", b"\n"),
    }


def with_signature(alter):
    """Alters the uppermost header field, which is the signature."""
    def altered(raw):
        end = re.search(rb"\r\n(?![ \t])", raw).end()
        return alter(raw[:end]) + raw[end:]
    return altered


def specials(folder):
    hour = 3600
    now = int(time.time())
    empty = MESSAGE.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
    cases = {
        "run-out": sign(folder, change=lambda fields: tag(b"x", str(now - 99 * hour).encode())(
            tag(b"t", str(now - 999 * hour).encode())(fields))),
        "runs-out-later": sign(folder, change=tag(b"x", str(now + 99 * hour).encode())),
        "length": sign(folder, length=True),
        "length-and-footer": sign(folder, length=True) + b"Buy this!\r\n",
        "length-and-change": sign(folder, length=True).replace(b"Thursday", b"Friday"),
        "length-simple": sign(folder, length=True, kinds=(b"simple", b"simple")),
        "key-missing": sign(folder, selector=b"nothing"),
        "key-revoked": sign(folder, selector=b"revoked"),
        "key-other": sign(folder, selector=b"other"),
        "key-broken": sign(folder, selector=b"broken"),
        "key-of-other-kind": sign(folder, selector=b"ed"),
        "key-bare": sign(folder, selector=b"bare"),
        "key-spaced": sign(folder, selector=b"spaced"),
        "key-on-trial": sign(folder, selector=b"trial"),
        "key-for-mail": sign(folder, selector=b"mail"),
        "key-for-sha256": sign(folder, selector=b"sha256"),
        "key-strict": sign(folder, selector=b"strict"),
        "key-of-1024": sign(folder, selector=b"small", key="small.pem"),
        "key-of-4096": sign(folder, selector=b"large", key="large.pem"),
        "key-of-4096-simple": sign(folder, selector=b"large", key="large.pem", kinds=(b"simple", b"simple")),
        "identity": sign(folder, identity=b"kim@kim.example"),
        "identity-below": sign(folder, identity=b"kim@desk.kim.example"),
        "identity-elsewhere": sign(folder, change=tag(b"i", b"@lee.example")),
        "oversigned": sign(folder, names=SIGNED + [b"subject", b"from"]),
        "oversigned-and-added": sign(folder, names=SIGNED + [b"subject"]).replace(b"Subject:", b"Subject: More\r\nSubject:"),
        "absent": sign(folder, names=SIGNED + [b"list-id"]),
        "absent-and-added": sign(folder, names=SIGNED + [b"list-id"]).replace(b"Subject:", b"List-Id: <l.example>\r\nSubject:"),
        "only-author": sign(folder, names=[b"from"]),
        "only-author-and-subject": sign(folder, names=[b"from"]).replace(b"The notes", b"Other notes"),
        "empty": sign(folder, empty),
        "empty-simple": sign(folder, empty, kinds=(b"simple", b"simple")),
        "empty-relaxed-text": sign(folder, empty, kinds=(b"simple", b"relaxed")),
        "blank": sign(folder, empty + b"\r\n\r\n"),
        "blank-with-spaces": sign(folder, empty + b"\r\n\r\n \t\r\n"),
        "blank-simple": sign(folder, empty + b"\r\n\r\n", kinds=(b"simple", b"simple")),
        "twice": sign(folder, sign(folder), key="ed25519.key", selector=b"ed"),
        "two-houses": sign(folder, sign(folder), domain=b"lee.example"),
        "twice-and-one-wrong": sign(folder, sign(folder, selector=b"other"), key="ed25519.key", selector=b"ed"),
        "twice-and-changed": sign(folder, sign(folder), key="ed25519.key", selector=b"ed").replace(b"Thursday", b"Friday"),
        "one-simple-one-relaxed": sign(folder, sign(folder), kinds=(b"simple", b"simple")).replace(b"Subject:", b"SUBJECT:"),
        "other-house": sign(folder, domain=b"lee.example"),
        "unknown-tag": sign(folder, change=tag(b"foo", b"bar")),
        "query": sign(folder, change=tag(b"q", b"dns/txt")),
        "copied-fields": sign(folder, change=tag(b"z", b"From:kim@kim.example|Subject:x")),
        "long-line": sign(folder, MESSAGE + b"x" * 5000 + b"\r\n"),
        "eight-bit": sign(folder, MESSAGE + bytes(range(128, 256)) + b"\r\n"),
        "zero-byte": sign(folder, MESSAGE + b"a\x00b\r\n"),
        "lonely-dots": sign(folder, MESSAGE + b".\r\n..\r\n"),
        "many-lines": sign(folder, MESSAGE + b"line\r\n" * 3000),
        "empty-field": sign(folder, MESSAGE.replace(b"MIME-Version", b"X-Empty:\r\nMIME-Version"), names=SIGNED + [b"x-empty"]),
        "tabs": sign(folder, MESSAGE.replace(b"Subject: The", b"Subject:\t The")),
        "no-space": sign(folder, MESSAGE.replace(b"Subject: The", b"Subject:The")),
        "unsigned": MESSAGE,
    }
    broken = {
        "digest-of-text-missing": lambda line: re.sub(rb"bh=[^;]*;", b"", line),
        "digest-of-text-wrong": lambda line: line.replace(b"bh=", b"bh=A"),
        "signature-wrong": lambda line: re.sub(rb";(\s+)b=(.)", lambda found: b";" + found[1] + b"b=" + (b"B" if found[2] != b"B" else b"C"), line),
        "version-two": lambda line: line.replace(b"v=1", b"v=2"),
        "algorithm-unknown": lambda line: line.replace(b"rsa-sha256", b"rsa-sha999"),
        "domain-changed": lambda line: line.replace(b"d=kim.example", b"d=lee.example"),
        "selector-changed": lambda line: line.replace(b"s=rsa", b"s=mail"),
        "fields-changed": lambda line: re.sub(rb"h=from : to", b"h=to : from", line),
        "form-changed": lambda line: line.replace(b"c=relaxed/relaxed", b"c=relaxed/simple"),
        "signature-folded": lambda line: re.sub(rb";(\s+)b=(.{20})", lambda found: b";" + found[1] + b"b=" + found[2] + b"\r\n\t ", line),
        "signature-spaced": lambda line: re.sub(rb";(\s+)b=(.{20})", lambda found: b";" + found[1] + b"b= " + found[2] + b" ", line),
        "name-in-small-letters": lambda line: line.replace(b"DKIM-Signature", b"dkim-signature"),
    }
    for name, alter in broken.items():
        cases[name] = with_signature(alter)(sign(folder))
    return cases


def sealed(folder, message, house):
    message = b"Authentication-Results: mx." + house + b"; dkim=pass header.d=kim.example\r\n" + message
    lines = dkim.arc_sign(message, b"rsa", house, private(folder, "rsa.pem"), b"mx." + house,
                          include_headers=[b"from", b"to", b"subject", b"date", b"message-id"])
    return b"".join(lines) + message


def chains(folder):
    once = sealed(folder, sign(folder), b"google.com")
    twice = sealed(folder, once, b"microsoft.com")
    return {
        "sealed": once,
        "sealed-twice": twice,
        "sealed-by-a-list": sealed(folder, sign(folder), b"list.example"),
        "sealed-and-text-changed": once.replace(b"Thursday", b"Friday"),
        "sealed-and-subject-changed": once.replace(b"The notes", b"My notes"),
        "sealed-twice-and-text-changed": twice.replace(b"Thursday", b"Friday"),
        "changed-then-sealed": sealed(folder, sign(folder).replace(b"Thursday", b"Friday"), b"google.com"),
        "results-changed": once.replace(b"dkim=pass header.d=kim.example", b"dkim=pass header.d=eve.example", 1),
        "seal-missing": re.sub(rb"ARC-Seal:.*?\r\n(?![ \t])", b"", once, flags=re.S),
        "first-set-missing": re.sub(rb"ARC-[A-Za-z-]+: i=1;.*?\r\n(?![ \t])", b"", twice, flags=re.S),
    }


def valid(message, look_up):
    found = []
    count = sum(1 for name, _ in dkim.DKIM(message).headers if name.lower() == b"dkim-signature")
    for number in range(count):
        verifier = dkim.DKIM(message, minkey=1024)
        try:
            if verifier.verify(idx=number, dnsfunc=look_up):
                found.append(f"{verifier.domain.decode()}/{verifier.selector.decode()}")
        except (dkim.DKIMException, KeyError, ValueError, IndexError):
            pass
    return " ".join(sorted(found))


def variants(folder):
    records = make_keys(folder)

    def look_up(name, timeout=5):
        text = records.get(name.decode().rstrip("."))
        return text.encode() if text is not None else None

    messages = {}
    for key, selector in [("rsa.pem", b"rsa"), ("ed25519.key", b"ed")]:
        for kinds in [(head, text) for head in (b"simple", b"relaxed") for text in (b"simple", b"relaxed")]:
            raw = sign(folder, key=key, selector=selector, kinds=kinds)
            for name, alter in alterations().items():
                messages[f"{selector.decode()}-{kinds[0].decode()}-{kinds[1].decode()}-{name}"] = alter(raw)
    messages.update(specials(folder))
    messages.update(chains(folder))
    lines = []
    for name, message in messages.items():
        with open(os.path.join(folder, name + ".eml"), "wb") as file:
            file.write(message)
        word, _, _ = dkim.arc_verify(message, dnsfunc=look_up)
        lines.append(f"{name}\t{valid(message, look_up)}\t{word.decode()}\n")
    with open(os.path.join(folder, "verdicts"), "w", encoding="ascii") as file:
        file.writelines(lines)


def main():
    what, folder, rest = sys.argv[1], sys.argv[2], [word.encode() for word in sys.argv[3:]]
    if what == "keys":
        make_keys(folder)
    elif what == "variants":
        variants(folder)
    else:
        key, selector, domain = rest
        sys.stdout.buffer.write(sign(folder, sys.stdin.buffer.read(), key.decode(), selector, domain=domain,
                                     names=[b"from", b"to", b"subject", b"date", b"message-id"]))


main()
