"""Read and write the files of an archive: paths, lines, texts, WARC, manifests, run records, tombstones.

May import `model`, `similarity` and `diff`.
"""
