"""Check a proof that `python -m archive prove` wrote, without a line of the archive's own code.

Usage: python check_proof.py FILE [KEY] [--head HEAD] [--page OUT] [--authority CERTIFICATES] [--blocks BLOCKS]
       python check_proof.py HEADS --from OLD --head NEW

KEY is the public key (base64) that must have signed the night; HEAD a file with a head of the archive, as it was
published (the lines or the JSON of `python -m archive head`); OUT a file for the page as served, where the proof has it.
CERTIFICATES (PEM) has one that must vouch for a timestamp (RFC 3161), which the program `openssl` checks; each line of BLOCKS
the height and the header in hex of a block of Bitcoin, for a receipt of OpenTimestamps. What nothing was named for is told
as not checked, and dates nothing.

The second form checks that the archive of the head OLD grew into that of NEW: HEADS is the output of `python -m archive
head --since NIGHT`, with every head in between.

Exits 0 when the proof holds, 1 when it does not or proves nothing yet, 2 when a file cannot be read. Needs Python 3.9 or
newer; a signature of a seal is checked by the package `cryptography` or else by the program `openssl`.
"""

import argparse
import base64
import calendar
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zlib

FIRST, SECOND = "luu-tru head 1", "luu-tru head 2"
FIELDS = {
    FIRST: {"archive", "head", "leaves", "night", "number", "previous", "root", "statement"},
    SECOND: {"archive", "leaves", "manifest", "night", "number", "previous", "root", "statement"},
}
PARTS = {"index", "key", "line", "path", "proof", "signature", "statement", "text", "chain"}
FORMS = {"luu-tru proof 1": PARTS | {"leaves"}, "luu-tru proof 2": PARTS | {"manifest", "capture"}}
OPTIONAL = {"luu-tru proof 1": set(), "luu-tru proof 2": {"dates"}}
MOMENT = "%Y-%m-%d %H:%M:%S UTC"
TITLE = "Lưu Trữ head"
NAMES = ("archive", "seal", "manifest", "head", "root", "leaves", "follows", "previous", "key", "signature", "check")
MOST = 256 * 1024 * 1024  # bytes of an unpacked record
# Identifiers of RFC 3161 in DER: signed data, what a timestamp signs, SHA-256.
SIGNED_DATA, STAMPED = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
SHA256 = bytes.fromhex("608648016503040201")
# A detached timestamp file of OpenTimestamps (version 1, SHA-256), and its steps.
OTS = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108")
BITCOIN, PENDING = bytes.fromhex("0588960d73d71901"), bytes.fromhex("83dfe30d2ef90c8e")
STEPS = {
    0x02: lambda message: hashlib.sha1(message).digest(),
    0x03: lambda message: hashlib.new("ripemd160", message).digest(),
    0x08: lambda message: hashlib.sha256(message).digest(),
    0xF2: lambda message: message[::-1],
    0xF3: lambda message: message.hex().encode(),
}


class NoProof(Exception):
    """The file proves nothing; the message names the failing step."""


def need(holds, why):
    """Raise NoProof unless the condition holds."""
    if not holds:
        raise NoProof(why)


def written(value):
    """Return the one form of a JSON value: sorted keys, no blanks, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(data):
    """Return the SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def unpacked(text):
    """Return the bytes of base64 in its one spelling."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64 is not in its one spelling")
    return data


def is_hash(text):
    """Return whether this is a SHA-256 in small hex."""
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{64}", text) is not None


def is_count(number):
    """Return whether this is a whole number that a database holds."""
    return type(number) is int and 0 <= number < 2**63


def is_day(text):
    """Return whether this is a day, YYYY-MM-DD."""
    return isinstance(text, str) and datetime.date.fromisoformat(text).isoformat() == text


class Head:
    """A head: its statement, what it states, and the signature over it."""

    def __init__(self, statement, key=None, signature=None):
        stated = json.loads(statement)
        need(written(stated) + "\n" == statement, "a statement of a head is not in its one form")
        form = stated["statement"]
        need(form in FIELDS and set(stated) == FIELDS[form], "a statement of a head has other fields")
        before = stated["previous"]
        if form == SECOND and before is not None:
            need(set(before) == {"head", "night", "number"}, "a statement names no seal before it")
            self.before = before["head"], before["night"], before["number"]
        else:
            self.before = (before, None, None) if before is not None else None
        self.self_binding = form == SECOND
        self.manifest = stated["manifest" if form == SECOND else "head"]
        self.head = sha(statement.encode()) if form == SECOND else self.manifest
        self.statement, self.key, self.signature = statement, key, signature
        self.archive, self.night, self.number = stated["archive"], stated["night"], stated["number"]
        self.root, self.leaves = stated["root"], stated["leaves"]
        need(is_count(self.leaves) and is_count(self.number), "a statement has a number that is none")
        need(isinstance(self.archive, str), "a statement names no archive")
        need(is_day(self.night), "a statement has a night that is no day")
        hashes = [self.manifest, self.root, *([self.before[0]] if self.before else [])]
        need(all(map(is_hash, hashes)), "a statement has a hash that is none")

    @property
    def name(self):
        """Night and number."""
        return f"{self.night}, number {self.number}"


def read_head(text):
    """Read a published head, as lines however they were wrapped, or as JSON."""
    if text.lstrip().startswith("{"):
        stated = json.loads(text)
        key, signature = stated.pop("key"), stated.pop("signature")
        named = stated["head"] if stated["statement"] == FIRST else stated.pop("head")
        found = Head(written(stated) + "\n", key, signature)
        need(found.head == named, "the head was changed")
        return found
    values, name = {}, None
    for word in re.split("(?=archive)", text, maxsplit=1, flags=re.IGNORECASE)[-1].split():
        if word.lower() in NAMES and word.lower() not in values:
            name = word.lower()
            values[name] = ""
        elif name:
            values[name] += f" {word}" if name in ("seal", "follows") else word
    small = {name: value.lower() for name, value in values.items()}
    night, _, number = values["seal"].split()
    stated = {"archive": small["archive"], "night": night, "number": int(number), "root": small["root"]}
    stated["leaves"] = int(values["leaves"])
    before = None if small["previous"] == "none" else small["previous"]
    if "manifest" not in values:
        stated.update(head=small["head"], previous=before, statement=FIRST)
    else:
        if "follows" in values:
            earlier, _, place = values["follows"].split()
            before = {"head": before, "night": earlier, "number": int(place)}
        stated.update(manifest=small["manifest"], previous=before, statement=SECOND)
    key = None if values["key"] == "unsigned" else values["key"]
    found = Head(written(stated) + "\n", key, values.get("signature"))
    check = sha(found.statement.encode() + f"{found.key} {found.signature}".encode())[:8]
    need(small["check"] == check and small["head"] == found.head, "the head has a typing error")
    return found


def signature_holds(key, signature, data):
    """Return whether an Ed25519 signature holds; None where nothing here can check it."""
    raw_key, raw = unpacked(key), unpacked(signature)
    need(len(raw_key) == 32 and len(raw) == 64, "a key or a signature has a wrong length")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return openssl_holds(raw_key, raw, data)
    try:
        Ed25519PublicKey.from_public_bytes(raw_key).verify(raw, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def openssl(arguments, **contents):
    """Return what `openssl` prints, with its exit code; an argument that names contents stands for a file of them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in contents.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        words = [os.path.join(folder, word) if word in contents else word for word in arguments]
        try:
            done = subprocess.run(["openssl", *words], capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.SubprocessError):
            return "", None
    return done.stdout + done.stderr, done.returncode


def openssl_holds(key, signature, data):
    """Return whether `openssl` finds that the signature holds; None where it cannot tell."""
    words = "pkeyutl -verify -pubin -keyform DER -rawin -inkey key.der -sigfile signature.bin -in data.bin".split()
    contents = {
        "key.der": bytes.fromhex("302a300506032b6570032100") + key,
        "signature.bin": signature,
        "data.bin": data,
    }
    said, code = openssl(words, **contents)
    if "Verified Successfully" in said and code == 0:
        return True
    return False if "Verification Failure" in said else None


def check_path(line, index, leaves, path, root):
    """Check that the line leads to the Merkle root (RFC 9162, 2.1.3.2)."""
    need(type(index) is int and 0 <= index < leaves, "the line lies outside of the tree")
    need(all(map(is_hash, path)), "the path is not one of hashes")
    digest, last, steps = hashlib.sha256(b"\0" + line.encode()).digest(), leaves - 1, list(map(bytes.fromhex, path))
    while last:
        if index % 2 or index != last:
            need(steps, "the line does not lead to the root")
            step = steps.pop(0)
            digest = hashlib.sha256(b"\1" + (step + digest if index % 2 else digest + step)).digest()
        index, last = index // 2, last // 2
    need(not steps and digest.hex() == root, "the line does not lead to the root")


def check_manifest(proof, head):
    """Check that a manifest of format 1, whose SHA-256 is its head, has the root and the chain that are stated."""
    need((proof["manifest"] is None) == head.self_binding, "a manifest is missing, or stands there for nothing")
    if head.self_binding:
        return
    need(sha(proof["manifest"].encode()) == head.head, "the manifest is not that of the head")
    listed = json.loads(proof["manifest"])
    for name in ("archive", "leaves", "night", "number", "root"):
        need(listed[name] == getattr(head, name), f"the manifest has another {name}")
    before = listed["previous"]
    need((before["head"] if before else None) == (head.before[0] if head.before else None), "another seal before")
    head.before = (before["head"], before["night"], before["number"]) if before else None


def check_capture(capture, place):
    """Return headers and body of the page as served, after comparing them with the line."""
    need(set(capture) == {"body", "record"}, "the capture has other parts")
    record = unpacked(capture["record"])
    need(place and len(record) == place["length"] and sha(record) == place["sha256"], "another capture")
    stream = zlib.decompressobj(31)
    plain = stream.decompress(record, MOST)
    need(stream.eof and not stream.unused_data, "the capture is not one record")
    named, _, block = plain.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in named.decode().split("\r\n")[1:])
    block = block[: int(fields["Content-Length"])]
    kind = fields["WARC-Type"]
    need(kind in ("response", "revisit", "conversion"), "the capture is no response")
    headers, body = (
        (b"", block) if kind == "conversion" else (block.partition(b"\r\n\r\n")[0], block.partition(b"\r\n\r\n")[2])
    )
    need((kind == "revisit") == (capture["body"] is not None), "the body is missing, or stands there twice")
    if kind == "revisit":
        body = unpacked(capture["body"])
        digest = base64.b32encode(hashlib.sha256(body).digest()).decode()
        need(fields["WARC-Payload-Digest"] == f"sha256:{digest}", "another body")
    return headers, body


def check_chain(heads):
    """Check that each seal follows the one before it, and every signature. Returns notes for the reader."""
    notes = []
    before = None
    for head in heads:
        need((head.key is None) == (head.signature is None), "a key without a signature, or the reverse")
        if head.key is not None:
            holds = signature_holds(head.key, head.signature, head.statement.encode())
            need(holds is not False, f"the signature does not fit the seal of {head.night}")
            if holds is None:
                head.key = None
                notes = ["its signature was not checked: install `cryptography`, or openssl 3"]
        if before is not None:
            need(head.before and head.before[0] == before.head, f"{head.night} does not follow {before.night}")
            need(head.before[1:] in ((None, None), (before.night, before.number)), "another night before")
            need(head.archive == before.archive, "a seal of another archive")
            if not head.self_binding:
                need(head.key is not None and head.key == heads[0].key, "later seals of form 1 count only when signed")
        before = head
    return notes


def check_published(heads, published, key, bound):
    """Check that the heads lead to the published one, each of them fixed by its own hash or by that head's key."""
    place = next((place for place, head in enumerate(heads) if head.statement == published.statement), None)
    need(place is not None, f"it does not lead to the head published of {published.night}: ask for one --until-now")
    for head in heads[:place]:
        own = head.self_binding or (bound and head is heads[0])
        need(own or head.key in {published.key or key} - {None}, f"nothing binds the seal of {head.night}")


def der(data):
    """Return tag and content of each DER value of some that stand one after another."""
    found, place = [], 0
    while place < len(data):
        tag, size, place = data[place], data[place + 1], place + 2
        if size > 127:
            count = size & 127
            need(0 < count < 5, "a length of a timestamp is none")
            size, place = int.from_bytes(data[place : place + count], "big"), place + count
        need(place + size <= len(data), "the timestamp is cut off")
        found.append((tag, data[place : place + size]))
        place += size
    return found


def stamped_at(answer, head):
    """Return the moment (UTC) that a timestamp of RFC 3161 states, after comparing it with a head."""
    (status, content), rest = der(der(answer)[0][1]), der(answer)[1:]
    need(not rest and der(status[1])[0] == (2, b"\0"), "the authority did not grant the timestamp")
    kind, signed = der(content[1])
    inner, packed = der(der(der(signed[1])[0][1])[2][1])
    need((kind[1], inner[1]) == (SIGNED_DATA, STAMPED), "the signed data is no timestamp")
    info = der(der(der(packed[1])[0][1])[0][1])
    algorithm, digest = der(info[2][1])
    need(der(algorithm[1])[0][1] == SHA256 and digest[1].hex() == head, "the timestamp is of another head")
    at = info[4][1].decode()
    need(re.fullmatch(r"\d{14}(\.\d+)?Z", at) is not None, "the moment of the timestamp is none")
    return time.strptime(at[:14], "%Y%m%d%H%M%S")


def authority_vouches(answer, head, at, certificates):
    """Return whether `openssl` finds that a certificate in the file vouches for a timestamp; None where it cannot tell."""
    # Years later the certificate has expired: it has to have been good at that moment.
    moment = str(calendar.timegm(at))
    words = ["ts", "-verify", "-digest", head, "-in", "answer.tsr", "-CAfile", certificates, "-attime", moment]
    said, code = openssl(words, **{"answer.tsr": answer})
    if "Verification: OK" in said and code == 0:
        return True
    return False if "Verification: FAILED" in said else None


class Receipt:
    """A receipt of OpenTimestamps: the messages that it leads to, each with its kind of witness and what that says."""

    def __init__(self, data, digest):
        need(data.startswith(OTS) and len(data) <= 65536, "it is no receipt, or too long a one")
        need(data[len(OTS) :][:32].hex() == digest, "the receipt is of another head")
        self.data, self.place, self.attested = data, len(OTS) + 32, []
        self.follow(bytes.fromhex(digest), 0)
        need(self.place == len(data), "something follows the end of the receipt")

    def take(self, size):
        """Return the next bytes."""
        need(self.place + size <= len(self.data), "the receipt is cut off")
        self.place += size
        return self.data[self.place - size : self.place]

    def number(self):
        """Return the next whole number (LEB128)."""
        value = 0
        for shift in range(0, 35, 7):
            part = self.take(1)[0]
            value |= (part & 127) << shift
            if part < 128:
                return value
        raise NoProof("a number of the receipt is too large")

    def follow(self, message, depth):
        """Follow every step from a message to what attests it."""
        need(depth <= 256 and len(message) <= 4096, "the receipt has too many steps, or too long ones")
        fork = True
        while fork:
            code = self.take(1)[0]
            fork = code == 0xFF
            code = self.take(1)[0] if fork else code
            if code == 0:
                self.attested.append((message, self.take(8), self.take(self.number())))
                self.check_form(*self.attested[-1][1:])
            elif code in (0xF0, 0xF1):
                added = self.take(self.number())
                need(0 < len(added) <= 4096, "a step of the receipt adds nothing, or too much")
                self.follow(message + added if code == 0xF0 else added + message, depth + 1)
            else:
                need(code in STEPS, "a step of the receipt is not known here")
                self.follow(STEPS[code](message), depth + 1)

    def check_form(self, kind, payload):
        """Check that an attestation is written as its kind is."""
        need(len(payload) <= 8192, "an attestation of the receipt is too long")
        if kind == BITCOIN:
            number = re.fullmatch(rb"[\x80-\xff]{0,4}[\x00-\x7f]", payload)
            need(number and (payload[-1] or len(payload) == 1), "the height of a block is none")
        if kind == PENDING:
            number = re.fullmatch(rb"([\x00-\x7f]|[\x80-\xff][\x01-\x07])([A-Za-z0-9._/:-]{0,1000})", payload)
            need(number, "the address of a calendar is none")
            size = sum((part & 127) << 7 * place for place, part in enumerate(number[1]))
            need(size == len(number[2]), "the address of a calendar is none")

    def blocks(self):
        """Return the height of each block of Bitcoin that it leads to, with the Merkle root that this has to have."""
        found = []
        for message, kind, payload in self.attested:
            if kind == BITCOIN:
                digits = [part & 127 for part in payload]
                found.append((sum(part << 7 * place for place, part in enumerate(digits)), message))
        return sorted(found)


def read_blocks(text):
    """Return Merkle root, moment and hash of each block by its height."""
    blocks = {}
    for line in filter(str.strip, text.splitlines()):
        height, digits = line.split()
        header = bytes.fromhex(digits)
        digest = hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1]
        work = int.from_bytes(header[72:75], "little") << 8 * max(header[75] - 3, 0)
        need(len(header) == 80 and int.from_bytes(digest, "big") <= work, f"that of block {height} was changed")
        at = time.strftime(MOMENT, time.gmtime(int.from_bytes(header[68:72], "little")))
        blocks[int(height)] = header[36:68], at, digest.hex()
    return blocks


def stamp_line(answer, head, authority):
    """Return what a timestamp says, and whether that was checked."""
    at = stamped_at(answer, head.head)
    said = f"a timestamp of the seal of {head.name}: {time.strftime(MOMENT, at)}"
    if authority is None:
        return f"{said}; not checked: name the authority's certificate (--authority)", False
    vouched = authority_vouches(answer, head.head, at, authority)
    need(vouched is not False, f"no certificate of {authority} vouches for the timestamp of the seal of {head.name}")
    need(vouched is not None, "the timestamp was not checked: `openssl` is missing, or cannot read it")
    return f"{said}, for which a named authority vouches", True


def receipt_line(data, head, blocks):
    """Return what a receipt says, and whether that was checked."""
    found = Receipt(data, head.head).blocks()
    said = f"a receipt of the seal of {head.name}"
    for height, root in found:
        named = height not in blocks or blocks[height][0] == root
        need(named, f"{said} does not lead to block {height} as it was named")
    for height, _ in found:
        if height in blocks:
            return f"{said} in block {height} of {blocks[height][1]}, if the block's hash is {blocks[height][2]}", True
    if found:
        return f"{said} that leads to block {found[0][0]} of Bitcoin; not checked: name its header (--blocks)", False
    return f"{said} that leads to no block of Bitcoin yet, and dates nothing", False


def check_dates(dates, heads, authority, blocks):
    """Return what each timestamp and receipt says, after comparing it with its head, and whether any was checked."""
    stamps, receipts, last = [], [], -1
    for each in dates:
        place = each["place"]
        need(set(each) == {"place", "receipt", "timestamp"} and type(place) is int, "a date has other parts")
        need(last < place < len(heads), "a date is of no head")
        need(each["receipt"] or each["timestamp"], "a date holds nothing")
        # A head of form 1 is bound to the seal before it by its key alone, which is the insider's.
        need(all(head.self_binding for head in heads[1 : place + 1]), "nothing leads to the seal that a date is of")
        last = place
        if each["timestamp"] is not None:
            stamps.append(stamp_line(unpacked(each["timestamp"]), heads[place], authority))
        if each["receipt"] is not None:
            receipts.append(receipt_line(unpacked(each["receipt"]), heads[place], blocks))
    need(authority is None or stamps, "it has no timestamp that an authority could vouch for")
    need(not blocks or any(checked for _, checked in receipts), "it has no receipt in a block that was named")
    lines = [f"dated by   {said}" if checked else f"has        {said}" for said, checked in stamps + receipts]
    return lines, any(checked for _, checked in stamps + receipts)


def shown(text):
    """Return words of a page for a terminal: nothing that steers it."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in str(text))


def printed(line, text, heads, page, notes, dates):
    """Return the lines to print: what was published, and both ends of the chain around its seal."""
    head, last = heads[0], heads[-1]
    said = [f"{line['event']}  {shown(line['id'])}", f"title      {shown(line['title'])}"]
    said += [f"address    {shown(line['url'])}", f"archive    {head.archive}"]
    said += [f"sealed in  {head.name}", f"head       {head.head}"]
    if head.before is None:
        said.append("after      none: the first seal of its chain")
    elif head.before[1] is None:
        said.append(f"after      a seal whose night is not named, head {head.before[0]}")
    else:
        said.append(f"after      the seal of {head.before[1]}, number {head.before[2]}, head {head.before[0]}")
        if head.before[1] > head.night:
            said.append("late       it follows a later night: it was not sealed in its own")
    after = f"the seal of {heads[1].name}, head {heads[1].head}" if heads[1:] else "none that the proof has"
    said.append(f"before     {after}")
    if heads[2:]:
        said.append(f"leads to   the seal of {last.name}, head {last.head}")
    said += [f"signed by  {head.key or 'nobody'}", *notes]
    lines, dated = dates
    said += lines
    if not dated:
        said.append(
            "not proved: the days are the sealer's word; only a head published by then, or a timestamp, dates them"
        )
    if page is not None:
        said.append(f"page       {len(page[1])} bytes as served; --page FILE writes them")
    return [*said, "", shown(text) if text is not None else "(the line has no text of its own)"]


def check(data, key, published, authority=None, blocks=()):
    """Check a proof. Returns the lines to print, what is still missing (or None), and the page as served (or None)."""
    proof = json.loads(data)
    need(isinstance(proof, dict) and proof.get("proof") in FORMS, "this is no proof of a form that is known here")
    need(set(proof) - OPTIONAL[proof["proof"]] == FORMS[proof["proof"]], "the proof has other parts")
    need((written(proof) + "\n").encode() == data, "not in the one form of a proof")
    first = proof["proof"].endswith("1")
    links = proof["chain"]
    need(isinstance(links, list) and all(isinstance(link, list) for link in links), "its chain is no list of seals")
    need(all(len(link) == (2 if first else 3) for link in links), "a seal of its chain has other parts")
    words = [proof[name] for name in ("key", "signature", "text")] + [word for link in links for word in link]
    need(all(word is None or isinstance(word, str) for word in words), "a part of the proof is no text")
    line, text = json.loads(proof["line"]), proof["text"]
    need((text is None) == (line["file"] is None), "its text is missing")
    need(text is None or sha(text.encode()) == line["sha256"], "another text")
    links = [[words, proof["key"], signed] for words, signed in links] if first else links
    heads = [Head(proof["statement"], proof["key"], proof["signature"]), *(Head(*link) for link in links)]
    head = heads[0]
    check_path(proof["line"], proof["index"], head.leaves, proof["path"], head.root)
    need(not first or proof["leaves"] == head.leaves, "another number of leaves")
    if not first:
        check_manifest(proof, head)
    place = line["warc"] or line["read_from"]
    page = None if first or proof["capture"] is None else check_capture(proof["capture"], place)
    notes = check_chain(heads)
    need(key is None or head.key == key, "signed by another key" if not notes else notes[0])
    if published is not None:
        check_published(heads, published, key, bound=not first)
    if head.key is not None and key is None and published is None:
        notes.append(
            "not proved: whose key that is; compare it with one that came another way, or with a head (--head)"
        )
    need("dates" not in proof or proof["dates"], "the dates of the proof are none")
    dates = check_dates(proof.get("dates", ()), heads, authority, blocks)
    said = printed(line, text, heads, page, notes, dates)
    alone = published is None and head.key is None
    return said, "it is unsigned: name a head that was published elsewhere (--head HEAD)" if alone else None, page


def check_growth(text, old, new, key):
    """Check that heads, one after another as `archive head --since` prints them, lead from one to another. Returns the line to print."""
    if text.lstrip().startswith("{"):
        heads = [read_head(line) for line in text.splitlines() if line.strip()]
    else:
        heads = [read_head(block) for block in text.split(TITLE) if block.strip()]
    words = [head.statement for head in heads]
    need(old.statement in words and new.statement in words, "the heads in the file do not have both published ones")
    first, last = words.index(old.statement), words.index(new.statement)
    need(first <= last, f"the head of {new.name} comes before that of {old.name}")
    between = heads[first : last + 1]
    notes = check_chain(between)
    signed = [head for head in between[1:] if not head.self_binding]
    need(all(head.key in {new.key or key} - {None} for head in signed), "nothing binds the seals between: name the KEY")
    said = f"the archive of the head of {old.name} goes on to that of {new.name} by {len(between) - 1} seals"
    return "\n".join([*notes, said + (f", {len(signed)} of them by the word of the key alone" if signed else "")])


def parsed(arguments):
    """Return the options."""
    options = argparse.ArgumentParser(description="Check a proof that `python -m archive prove` wrote.")
    options.add_argument("file", metavar="FILE")
    options.add_argument("key", metavar="KEY", nargs="?", help="the public key (base64) that must have signed it")
    options.add_argument("--head", metavar="HEAD", help="a file with a published head that it must lead to")
    options.add_argument("--page", metavar="OUT", help="where to write the page as served")
    options.add_argument("--authority", metavar="CERTIFICATES", help="certificates (PEM) for the timestamp")
    options.add_argument("--blocks", metavar="BLOCKS", help="height and header of blocks of Bitcoin, for the receipt")
    options.add_argument("--from", dest="old", metavar="OLD", help="an older head that FILE, heads, leads from to HEAD")
    given = options.parse_args(arguments)
    if given.old and not given.head:
        options.error("--from OLD goes with --head NEW")
    return given


def read_files(given):
    """Return the bytes of the proof, the published head, the older one, and blocks. Raises NoProof with the file's name."""
    with open(given.file, "rb") as file:
        found = [file.read()]
    head, block = "no published head, copy all its lines", "no file of a height and a block header in hex on each line"
    for name, read, what in (
        (given.head, read_head, head),
        (given.old, read_head, head),
        (given.blocks, read_blocks, block),
    ):
        words = None
        if name:
            with open(name, encoding="utf-8") as file:
                words = file.read()
        try:
            found.append(read(words) if words is not None else None)
        except Exception as error:  # whatever is wrong with it, its reader is told in a line
            raise NoProof(f"{name} is {what}: {error}") from None
    if given.authority:
        with open(given.authority, "rb") as file:
            need(b"-----BEGIN CERTIFICATE-----" in file.read(), f"{given.authority} has no certificates (PEM)")
    return found


def show(said, page, missing, out):
    """Print what a proof says and write the page; returns the exit code."""
    print("\n".join(said))
    if out and page is None:
        print("the proof has no page: ask for one made with --with-capture", file=sys.stderr)
        return 2
    if out:
        with open(out, "wb") as file:
            file.write(page[1])
    if missing:
        print(f"nothing is proved yet: {missing}", file=sys.stderr)
        return 1
    print("the proof holds")
    return 0


def main(arguments):
    """Check the proof that the arguments name; returns the exit code."""
    given = parsed(arguments)
    try:
        data, published, old, blocks = read_files(given)
    except (OSError, UnicodeDecodeError) as error:
        print(f"a file cannot be read: {error}", file=sys.stderr)
        return 2
    except NoProof as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        if old is not None:
            print(check_growth(data.decode(), old, published, given.key))
            return 0
        said, missing, page = check(data, given.key, published, given.authority, blocks or {})
    except Exception as error:  # whatever is odd in a file of a stranger makes it no proof, and never a traceback
        why = error if isinstance(error, NoProof) else f"it cannot be read ({error!r:.200})"
        print(f"no proof: {why}", file=sys.stderr)
        return 1
    return show(said, page, missing, given.page)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
