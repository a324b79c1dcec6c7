"""Check a proof that `python -m archive prove` wrote, without a line of the archive's own code.

Usage: python check_proof.py FILE [KEY] [--head HEAD] [--page OUT]

KEY is the public key (base64) that must have signed the night; HEAD a file with a head of the archive, as it was
published (the lines or the JSON of `python -m archive head`); OUT a file for the page as served, where the proof has it.

Exits 0 when the proof holds, 1 when it does not or proves nothing yet, 2 when a file cannot be read. Needs Python 3.9 or
newer; a signature is checked by the package `cryptography` or else by the program `openssl`.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib

FIRST, SECOND = "luu-tru head 1", "luu-tru head 2"
FIELDS = {
    FIRST: {"archive", "head", "leaves", "night", "number", "previous", "root", "statement"},
    SECOND: {"archive", "leaves", "manifest", "night", "number", "previous", "root", "statement"},
}
PARTS = {"index", "key", "line", "path", "proof", "signature", "statement", "text", "chain"}
FORMS = {"luu-tru proof 1": PARTS | {"leaves"}, "luu-tru proof 2": PARTS | {"manifest", "capture"}}
NAMES = ("archive", "seal", "manifest", "head", "root", "leaves", "follows", "previous", "key", "signature", "check")
MOST = 256 * 1024 * 1024  # bytes of an unpacked record


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
            self.before = (before, None, None) if before else None
        self.self_binding = form == SECOND
        self.manifest = stated["manifest" if form == SECOND else "head"]
        self.head = sha(statement.encode()) if form == SECOND else self.manifest
        self.statement, self.key, self.signature = statement, key, signature
        self.archive, self.night, self.number = stated["archive"], stated["night"], stated["number"]
        self.root, self.leaves = stated["root"], stated["leaves"]
        need(type(self.leaves) is int and type(self.number) is int, "a statement has a number that is none")
        need(re.fullmatch(r"\d{4}-\d\d-\d\d", self.night) is not None, "a statement has a night that is no day")
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
    for word in ("archive" + text.partition("archive")[2]).split():
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
    """Return whether an Ed25519 signature holds; None where nothing on this machine can check it."""
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


def openssl_holds(key, signature, data):
    """Return whether `openssl` finds that the signature holds; None where it cannot tell."""
    with tempfile.TemporaryDirectory() as folder:
        names = {name: os.path.join(folder, name) for name in ("key", "signature", "data")}
        contents = {"key": bytes.fromhex("302a300506032b6570032100") + key, "signature": signature, "data": data}
        for name, content in contents.items():
            with open(names[name], "wb") as file:
                file.write(content)
        files = ["-inkey", names["key"], "-sigfile", names["signature"], "-in", names["data"]]
        try:
            done = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", *files],
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError):
            return None
    if "Verified Successfully" in done.stdout and done.returncode == 0:
        return True
    return False if "Verification Failure" in done.stdout + done.stderr else None


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


def shown(text):
    """Return words of a page for a terminal: nothing that steers it."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in str(text))


def printed(line, text, heads, page, notes):
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
    said.append("not proved: the days are the sealer's word; only a head published by then, or a timestamp, dates them")
    if page is not None:
        said.append(f"page       {len(page[1])} bytes as served; --page FILE writes them")
    return [*said, "", shown(text) if text is not None else "(the line has no text of its own)"]


def check(data, key, published):
    """Check a proof. Returns the lines to print, what is still missing (or None), and the page as served (or None)."""
    proof = json.loads(data)
    need(isinstance(proof, dict) and proof.get("proof") in FORMS, "this is no proof of a form that is known here")
    need(set(proof) == FORMS[proof["proof"]], "the proof has other parts")
    need((written(proof) + "\n").encode() == data, "not in the one form of a proof")
    first = proof["proof"].endswith("1")
    line, text = json.loads(proof["line"]), proof["text"]
    need((text is None) == (line["file"] is None), "its text is missing")
    need(text is None or sha(text.encode()) == line["sha256"], "another text")
    links = [[words, proof["key"], signed] for words, signed in proof["chain"]] if first else proof["chain"]
    heads = [Head(proof["statement"], proof["key"], proof["signature"]), *(Head(*link) for link in links)]
    head = heads[0]
    check_path(proof["line"], proof["index"], head.leaves, proof["path"], head.root)
    need(not first or proof["leaves"] == head.leaves, "another number of leaves")
    if not first:
        check_manifest(proof, head)
    page = check_capture(proof["capture"], line["warc"] or line["read_from"]) if proof.get("capture") else None
    notes = check_chain(heads)
    need(key is None or head.key == key, "signed by another key" if not notes else notes[0])
    if published is not None:
        check_published(heads, published, key, bound=not first)
    said = printed(line, text, heads, page, notes)
    missing = (
        "it is unsigned: name a head that was published elsewhere (--head HEAD)"
        if published is None and head.key is None
        else None
    )
    return said, missing, page


def main(arguments):
    """Check the proof that the arguments name; returns the exit code."""
    options = argparse.ArgumentParser(description="Check a proof that `python -m archive prove` wrote.")
    options.add_argument("file", metavar="FILE")
    options.add_argument("key", metavar="KEY", nargs="?", help="the public key (base64) that must have signed it")
    options.add_argument("--head", metavar="HEAD", help="a file with a published head that it must lead to")
    options.add_argument("--page", metavar="OUT", help="where to write the page as served")
    given = options.parse_args(arguments)
    try:
        with open(given.file, "rb") as file:
            data = file.read()
        words = None
        if given.head:
            with open(given.head, encoding="utf-8") as file:
                words = file.read()
    except (OSError, UnicodeDecodeError) as error:
        print(f"a file cannot be read: {error}", file=sys.stderr)
        return 2
    try:
        published = read_head(words) if words is not None else None
    except Exception as error:  # whatever is wrong with the head, its reader is told in a line
        print(f"{given.head} is no published head, copy all its lines: {error}", file=sys.stderr)
        return 2
    try:
        said, missing, page = check(data, given.key, published)
    except Exception as error:  # whatever is odd in a file of a stranger makes it no proof, and never a traceback
        print(
            f"no proof: {error if isinstance(error, NoProof) else f'it cannot be read ({error!r:.200})'}",
            file=sys.stderr,
        )
        return 1
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    print("\n".join(said))
    if given.page:
        if page is None:
            print("the proof has no page: ask for one made with --with-capture", file=sys.stderr)
            return 2
        with open(given.page, "wb") as file:
            file.write(page[1])
    if missing:
        print(f"nothing is proved yet: {missing}", file=sys.stderr)
        return 1
    print("the proof holds")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
