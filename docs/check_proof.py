"""Check a proof that `python -m archive prove` wrote, without a line of the archive's own code.

Usage: python check_proof.py FILE [KEY]. Exits 0 when the proof holds. Needs Python 3.9 or newer, and the package
`cryptography` for the signature.
"""

import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def need(holds, why):
    """End with this message unless the condition holds."""
    if not holds:
        sys.exit(f"no proof: {why}")


def sha(*parts):
    """Return the SHA-256 digest of the parts, joined."""
    return hashlib.sha256(b"".join(parts)).digest()


with open(sys.argv[1], "rb") as file:
    data = file.read()
proof = json.loads(data)
written = json.dumps(proof, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
need(written.encode() == data and proof["proof"] == "luu-tru proof 1", "not in the one form of a proof")
line, links = json.loads(proof["line"]), [[proof["statement"], proof["signature"]], *proof["chain"]]
heads = [json.loads(statement) for statement, _ in links]
text = proof["text"]
need(
    (text is None) == (line["file"] is None) and type(proof["index"]) is int and proof["leaves"] == heads[0]["leaves"],
    "its text or its size is missing",
)
need(text is None or hashlib.sha256(text.encode()).hexdigest() == line["sha256"], "another text")

digest, index, last = sha(b"\0", proof["line"].encode()), proof["index"], heads[0]["leaves"] - 1
for step in map(bytes.fromhex, proof["path"]):  # RFC 9162, 2.1.3.2
    while index % 2 == 0 and index == last and last > 0:
        index, last = index // 2, last // 2
    digest = sha(b"\1", step, digest) if index % 2 else sha(b"\1", digest, step)
    index, last = index // 2, last // 2
need(digest.hex() == heads[0]["root"] and index == last == 0, "the line does not lead to the root")
need(all(len(step) == 64 and step == step.lower() for step in proof["path"]), "not in one form")

for number, (statement, signature) in enumerate(links):
    need(number == 0 or (proof["key"] and heads[number]["previous"] == heads[number - 1]["head"]), "a broken chain")
    need((proof["key"] is None) == (signature is None), "half signed")
    if proof["key"]:
        key, raw = base64.b64decode(proof["key"]), base64.b64decode(signature)
        need([base64.b64encode(value).decode() for value in (key, raw)] == [proof["key"], signature], "not in one form")
        Ed25519PublicKey.from_public_bytes(key).verify(raw, statement.encode())
need(len(sys.argv) < 3 or proof["key"] == sys.argv[2], "signed by another key")
print("sealed on", heads[0]["night"], "head", heads[0]["head"], "signed by", proof["key"] or "nobody: compare the head")
