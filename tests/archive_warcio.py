#!/usr/bin/env python3
"""Reads every *.warc.gz of a folder with the standard tool `warcio` and checks what it can check.

Usage: archive_warcio.py FOLDER
Prints a line per file and the sums by record type; exits with 1 at the first thing that is wrong.
Beyond the digests that warcio itself verifies: each record is a whole gzip member of its own with the block digest that
it states, each file begins with a warcinfo record, ids are unique, each answer with a body names its request, and each
revisit has a record of its digest. Every type of record must occur.
"""

import collections
import contextlib
import hashlib
import io
import pathlib
import re
import sys
import zlib

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
PIECE = 1 << 16
UUID_V8 = re.compile(r"<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>")


class Wrong(Exception):
    """A file is not as WARC 1.1 or this project has it."""


def require(holds, what):
    if not holds:
        raise Wrong(what)


def check_record(record, first, seen):
    """Checks one record, its content read to the end, against those before it."""
    field = record.rec_headers.get_header
    kind, uri, record_id = record.rec_type, field("WARC-Target-URI"), field("WARC-Record-ID")
    require(record.rec_headers.protocol == "WARC/1.1", f"version {record.rec_headers.protocol}")
    require((kind == "warcinfo") == first, "warcinfo opens a file and stands nowhere else")
    require(UUID_V8.fullmatch(record_id), f"record id {record_id}")
    require(record_id not in seen["ids"], f"record id {record_id} twice")
    seen["ids"].add(record_id)
    body = record.content_stream().read()
    if kind == "warcinfo":
        require(b"conformsTo: " in body, "warcinfo does not say what it conforms to")
        return
    digest = field("WARC-Payload-Digest")
    if kind == "response":
        require(int(record.http_headers.get_header("Content-Length")) == len(body), "Content-Length of the answer")
        require(not record.http_headers.get_header("Content-Encoding"), "an encoding that the kept body does not have")
        seen["bodies"].add((field("WARC-Target-URI"), field("WARC-Date"), digest))
    if kind == "revisit":
        require(field("WARC-Profile") == PROFILE, "profile of the revisit")
        require(body == b"", "a revisit with a body")
        seen["revisits"].append((field("WARC-Refers-To-Target-URI"), field("WARC-Refers-To-Date"), digest))
    if kind in ("response", "revisit"):
        require(digest, "an answer without a payload digest")
        require(record.http_headers.get_statuscode().isdigit(), "status")
        asked = field("WARC-Concurrent-To")
        require(asked is None if kind == "revisit" else seen["requests"].get(asked) == uri, "the answer's request")
    else:
        require(kind == "request", f"record type {kind}")
        require(record.http_headers.protocol == "GET", f"method {record.http_headers.protocol}")
        seen["requests"][record_id] = uri
    # warcio checks a block digest of requests and answers, and a payload digest of answers; none of revisits.
    if kind != "revisit":
        require(record.digest_checker.passed is True, "warcio did not verify a digest")


def count_members(path):
    """Counts the gzip members of a file, each of which must be whole and hold one record.

    warcio takes a last member without its end for a whole one, and leaves out the digests of revisits.
    """
    count, data, offset = 0, memoryview(path.read_bytes()), 0
    while offset < len(data):
        member, content = zlib.decompressobj(wbits=31), []
        while not member.eof and offset < len(data):
            piece = data[offset : offset + PIECE]
            content.append(member.decompress(piece))
            offset += len(piece) - len(member.unused_data)
        require(member.eof, f"gzip member {count} is cut short")
        header, _, block = b"".join(content).partition(b"\r\n\r\n")
        require(block.endswith(b"\r\n\r\n"), f"gzip member {count} does not end with a record")
        digest = "sha256:" + hashlib.sha256(block[:-4]).hexdigest()
        require(f"\r\nWARC-Block-Digest: {digest}\r\n".encode() in header, f"block digest in gzip member {count}")
        count += 1
    return count


def check_file(path, seen):
    """Checks one file; gives back how many records of each type it has."""
    counts = collections.Counter()
    with open(path, "rb") as stream:
        iterator = ArchiveIterator(stream, check_digests="raise")
        for record in iterator:
            check_record(record, not counts, seen)
            iterator.read_to_end()
            counts[record.rec_type] += 1
    require(counts, "no record")
    require(counts.total() == count_members(path), "a record is no gzip member of its own")
    require(iterator.err_count == 0, "a record is not followed by its end")
    return counts


def main(folder):
    paths = sorted(pathlib.Path(folder).rglob("*.warc.gz"))
    total = collections.Counter()
    seen = {"ids": set(), "requests": {}, "bodies": set(), "revisits": []}
    for path in paths:
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                counts = check_file(path, seen)
            require(not said.getvalue(), said.getvalue().strip())
        except (Wrong, ArchiveLoadFailed, OSError, ValueError, zlib.error) as wrong:
            print(f"{path}: {type(wrong).__name__}: {ascii(str(wrong))[:300]}", file=sys.stderr)
            return 1
        print(f"{path.name}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))
        total += counts
    for referred in seen["revisits"]:
        if referred not in seen["bodies"]:
            print(f"{folder}: a revisit refers to {referred}, which no record has", file=sys.stderr)
            return 1
    print(f"{len(paths)} files: " + ", ".join(f"{kind} {count}" for kind, count in sorted(total.items())))
    missing = [kind for kind in ("warcinfo", "request", "response", "revisit") if not total[kind]]
    if missing:
        print(f"{folder}: no record of type {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
