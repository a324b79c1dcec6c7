"""How the archive is kept and proved: WARC captures, texts, manifests, index, ledger, audit."""
