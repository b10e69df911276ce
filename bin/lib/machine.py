"""What this machine lacks before anything is installed: system libraries, a free port. Standard library only."""

import argparse
import contextlib
import ctypes
import errno
import socket
import sys

# Each library WeasyPrint loads, its file on Linux and on macOS, and the Debian package that brings it.
LIBRARIES = (
    ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libpango-1.0-0"),
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0"),
    ("libfontconfig.so.1", "libfontconfig.1.dylib", "libpangoft2-1.0-0"),
    ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-subset0"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset0"),
)


def loads(file: str) -> bool:
    """Say whether the system's loader finds a shared library."""
    with contextlib.suppress(OSError):
        ctypes.CDLL(file)
        return True
    return False


def missing_packages() -> list[str]:
    """Return the Debian names of the packages whose libraries cannot be loaded."""
    on_macos = sys.platform == "darwin"
    missing = [package for linux, macos, package in LIBRARIES if not loads(macos if on_macos else linux)]
    return list(dict.fromkeys(missing))


def port_problem(host: str, port: str) -> str:
    """Return one sentence that says why nobody can listen there, or ``""``."""
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        return f"PORT must be a number from 1 to 65535, not “{port}”."
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as listener:
            # A port whose last connections are still ending is free; one that is listened on is not.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except socket.gaierror:
        return f"HOST must be an address of this machine, not “{host}”."
    except OSError as error:
        return _listen_problem(error.errno, host, port)
    return ""


def _listen_problem(code: int | None, host: str, port: str) -> str:
    if code == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: stop that one, or choose another port, "
            f"for example “PORT={int(port) % 65535 + 1} bin/start”."
        )
    if code == errno.EACCES:
        return f"Only root may listen on port {port}: choose one above 1023, for example “PORT=8000 bin/start”."
    if code == errno.EADDRNOTAVAIL:
        return f"HOST must be an address of this machine, not “{host}”."
    return f"Nobody can listen on port {port} of {host} here (error {code}: {errno.errorcode.get(code or 0, '?')})."


def main() -> None:
    """Answer one of the two questions; a problem is printed and ends with exit status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    questions = parser.add_subparsers(dest="question", required=True)
    questions.add_parser("missing-packages")
    port = questions.add_parser("port")
    port.add_argument("host")
    port.add_argument("port")
    arguments = parser.parse_args()
    if arguments.question == "missing-packages":
        print("".join(f"{package}\n" for package in missing_packages()), end="")
    elif problem := port_problem(arguments.host, arguments.port):
        sys.exit(problem)


if __name__ == "__main__":
    main()
