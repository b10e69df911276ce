"""The nginx file of deploy/ on loopback: other ports, a certificate of our own, a folder that is thrown away."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from campaign.cli.drills.site import free_port
from campaign.settings import ROOT

HOST = "letters.example.org"
ONION = f"{'a' * 56}.onion"
_PATIENCE_SECONDS = 60.0
_PLACES = ("/usr/sbin/nginx", "/usr/local/sbin/nginx", str(ROOT / ".venv" / "nginx" / "usr" / "sbin" / "nginx"))


def installed_nginx() -> str | None:
    """Return nginx's path, ``None`` where it is not installed."""
    return shutil.which("nginx") or next((place for place in _PLACES if Path(place).exists()), None)


def nginx() -> str:
    """Return nginx's path. Without it nothing about the proxy can be shown, so its absence is a failure."""
    found = installed_nginx()
    assert found, "these tests need nginx: run bin/test, which fetches it, or install the package nginx"
    return found


@dataclass(frozen=True)
class Front:
    """A running nginx: its ports, its folder, and who it talks TLS as."""

    http: int
    https: int
    onion: int
    folder: Path
    trust: ssl.SSLContext


def configuration(folder: Path, program: int, http: int, https: int, onion: int) -> Path:
    """Write the files of deploy/ into ``folder``, with nothing changed but places; return the main file around them."""
    text = "".join(
        (ROOT / "deploy" / f"nginx-{name}.conf").read_text(encoding="utf-8") for name in ("letters", "onion")
    )
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{http}", text)
    text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{https}", text)
    text = (
        text.replace("127.0.0.1:8081", f"127.0.0.1:{onion}")
        .replace("127.0.0.1:8000", f"127.0.0.1:{program}")
        .replace("/var/cache/nginx/letters", f"{folder}/cache")
    )
    text = re.sub(r"/etc/letsencrypt/\S+/(\w+\.pem)", rf"{folder}/\1", text)
    (folder / "letters.conf").write_text(text, encoding="utf-8")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"{'user root;' if os.geteuid() == 0 else ''}\ndaemon off;\npid {folder}/pid;\n"
        "worker_processes 2;\nworker_rlimit_nofile 8192;\n"
        f"error_log {folder}/error.log warn;\nevents {{ worker_connections 4096; }}\n"
        # Whoever has to wait for somebody else's answer waits for good here, so that it is noticed.
        "http {\nproxy_cache_lock_timeout 1h;\nproxy_cache_lock_age 1h;\n"
        f"access_log off;\n{temporary}include {folder}/letters.conf;\n}}\n",
        encoding="utf-8",
    )
    _certificate(folder)
    return main


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def running_front(folder: Path, program: int) -> Iterator[Front]:
    """Run nginx in front of the program's port until the block ends; ended by its process, nobody else's."""
    front = Front(free_port(), free_port(), free_port(), folder, ssl.create_default_context())
    main = configuration(folder, program, front.http, front.https, front.onion)
    front.trust.load_verify_locations(folder / "fullchain.pem")
    process = subprocess.Popen([nginx(), "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")])
    try:
        _wait_for(process, front)
        yield front
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _wait_for(process: "subprocess.Popen[bytes]", front: Front) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", front.https)) == 0:
                return
        told = front.folder / "error.log"
        assert process.poll() is None, told.read_text(encoding="utf-8")
        assert time.monotonic() < give_up, told.read_text(encoding="utf-8")
        time.sleep(0.05)
