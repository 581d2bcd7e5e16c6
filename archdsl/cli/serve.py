"""`archdsl serve FILE`: a page on this machine that shows a file and follows its changes."""

import argparse
import signal
from typing import Any

from archdsl.cli import common


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="a spec or a document with tables")
    common.reading_arguments(parser)
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="port on this machine (default: any that is free)"
    )
    parser.add_argument(
        "--no-open", action="store_true", help="only print the address, without opening a browser"
    )


def run(args: argparse.Namespace) -> int:
    """Serve the page until the reader presses Ctrl-C, or a SIGTERM ends it in the same way."""
    from archdsl.browser.server import Server
    from archdsl.browser.watched import Watched

    watched = Watched(args.file)
    problem = watched.read()
    if problem:
        common.tell((problem,))
        return common.failure((problem,))
    try:
        server = Server(watched, _options(args), args.port)
    except OSError as error:
        common.say(f"archdsl: cannot listen on port {args.port}: {(error.strerror or str(error)).lower()}")
        return common.USAGE
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with server:
            print(f"{server.address}\nshows {args.file} and follows its changes; Ctrl-C ends it", flush=True)
            if not args.no_open:
                _open(server.address)
            server.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


def _open(address: str) -> None:
    import webbrowser

    webbrowser.open(address)


def _options(args: argparse.Namespace) -> dict[str, Any]:
    said = common.overrides(args)
    return {"input": said.input, "style": said.style, "variant": said.variant, "define": dict(said.define)}


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"`{text}` is not a port; ports are numbers up to 65535")
    return int(text)
