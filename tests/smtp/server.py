#!/usr/bin/env python3
"""A mail server for tests (aiosmtpd), on a free port of loopback, that keeps what it takes and misbehaves where it is told to.

Usage: server.py serve FOLDER [--data WAY] [--tls starttls|implicit --cert FILE --key FILE] [--login USER:PASSWORD]
       server.py read FILE

`serve` prints `port N` when it listens, and ends when its standard input does. Each message that it took over is written to
FOLDER as NNN.eml, its envelope beside it as NNN.json; each connection adds a line to FOLDER/connections.
`read` prints a kept message as JSON, read by Python's own library.

The local part of a recipient decides about it: `khong-co` is refused for good, `ban` for now.
WAY, what happens after the message's last dot:
  good       it is taken over (the default)
  drop       it is taken over, and the connection ends without an answer
  busy       451 twice, then it is taken over
  too-large  552
  mute       it is taken over, and no answer comes
and `silent` for a server that never says a word, from the first moment on.
"""

import argparse
import asyncio
import email
import email.header
import email.policy
import email.utils
import json
import logging
import pathlib
import ssl
import sys
import threading
import warnings


class Keeper:
    def __init__(self, folder, way):
        self.folder, self.way, self.kept, self.asked = pathlib.Path(folder), way, 0, 0

    def connected(self):
        with open(self.folder / "connections", "a", encoding="ascii") as file:
            file.write("connected\n")

    async def handle_RCPT(self, server, session, envelope, address, options):
        person = address.split("@")[0]
        if person == "khong-co":
            return "550 5.1.1 no such user here"
        if person == "ban":
            return "450 4.2.1 mailbox is busy"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        self.asked += 1
        if self.way == "busy" and self.asked <= 2:
            return "451 4.3.0 try again later"
        if self.way == "too-large":
            return "552 5.3.4 message is too large"
        self.keep(session, envelope)
        if self.way == "drop":
            server.transport.abort()
        if self.way == "mute":
            await asyncio.sleep(60)
        return f"250 2.0.0 queued as {self.kept}"

    def keep(self, session, envelope):
        self.kept += 1
        place = self.folder / f"{self.kept:03}"
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "login": getattr(session.auth_data, "login", b"").decode(),
        }
        place.with_suffix(".json").write_text(json.dumps(facts), encoding="utf-8")
        unfinished = place.with_suffix(".part")
        unfinished.write_bytes(envelope.original_content)
        unfinished.rename(place.with_suffix(".eml"))


def serve(args):
    from aiosmtpd.smtp import SMTP, AuthResult

    # Clients that break off are what some tests want; the library would tell of each.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    keeper = Keeper(args.folder, args.data)
    context = None
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.cert, args.key)

    def log_in(server, session, envelope, mechanism, data):
        right = f"{data.login.decode()}:{data.password.decode()}" == args.login
        return AuthResult(success=right, handled=False, auth_data=data)

    def protocol():
        keeper.connected()
        return SMTP(
            keeper,
            hostname="thu.example",
            timeout=60,
            tls_context=context if args.tls == "starttls" else None,
            authenticator=log_in if args.login else None,
            auth_required=bool(args.login),
            # With implicit TLS the library does not know that the line is encrypted.
            auth_require_tls=args.tls != "implicit",
            data_size_limit=None,
        )

    async def silence(reader, writer):
        keeper.connected()
        await asyncio.sleep(60)

    async def run():
        loop = asyncio.get_running_loop()
        if args.data == "silent":
            server = await asyncio.start_server(silence, "127.0.0.1", 0)
        else:
            server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if args.tls == "implicit" else None)
        ended = asyncio.Event()

        def watch():
            sys.stdin.read()
            loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=watch, daemon=True).start()
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await ended.wait()

    asyncio.run(run())


def read(args):
    with open(args.file, "rb") as file:
        raw = file.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)

    # The newer parser of some Python versions leaves a space between two encoded words of one name (RFC 2047 section 6.2).
    heads = email.message_from_bytes(raw)

    def people(name):
        pairs = email.utils.getaddresses(heads.get_all(name, []))
        return [[str(email.header.make_header(email.header.decode_header(it))), address] for it, address in pairs]

    parts = [it for it in message.walk() if not it.is_multipart()]
    print(
        json.dumps(
            {
                "headers": [[name, str(value)] for name, value in message.items()],
                "defects": [str(it) for part in message.walk() for it in part.defects]
                + [str(it) for value in message.values() for it in value.defects],
                "from": people("From"),
                "to": people("To"),
                "cc": people("Cc"),
                "subject": message["Subject"],
                "date": message["Date"].datetime.isoformat(),
                "shape": [it.get_content_type() for it in message.walk()],
                "texts": [it.get_content() for it in parts if it.get_content_maintype() == "text" and not it.get_filename()],
                "charsets": [it.get_content_charset() for it in parts if not it.get_filename()],
                "files": [[it.get_filename(), it.get_content_type(), it.get_payload(decode=True).hex()] for it in message.iter_attachments()],
                "longest_line": max(len(it) for it in raw.split(b"\r\n")),
                "ascii": raw.isascii(),
                "lone_breaks": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
            }
        )
    )


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("serve")
    one.add_argument("folder")
    one.add_argument("--data", default="good", choices=["good", "drop", "busy", "too-large", "mute", "silent"])
    one.add_argument("--tls", choices=["starttls", "implicit"])
    one.add_argument("--cert")
    one.add_argument("--key")
    one.add_argument("--login")
    one.set_defaults(run=serve)
    one = commands.add_parser("read")
    one.add_argument("file")
    one.set_defaults(run=read)
    args = parser.parse_args()
    args.run(args)


main()
