#!/usr/bin/env python3
"""Makes the captures of this folder: real clients meet a server whose chain they do not trust, and one that they accept.

Needs root (addresses on the loopback device, tcpdump), curl, openssl, node, chromium and firefox-esr. Names and addresses
are reserved ones. Run it in an empty folder and copy what is wanted; client versions and times differ on every run.
"""

import pathlib, re, shutil, socket, ssl, struct, subprocess, sys, tempfile, threading, time

MODERN, OLD, MIDDLE, RESOLVER = "192.0.2.10", "192.0.2.12", "192.0.2.13", "192.0.2.53"
OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
WORK = pathlib.Path(tempfile.mkdtemp())


def run(*command, seconds=25, **more):
    try:
        return subprocess.run(command, timeout=seconds, capture_output=True, **more)
    except subprocess.TimeoutExpired:
        return None


def certificates(name, issuer):
    """A chain of two: `issuer` signs *.example.com."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run("openssl", "req", "-x509", *key, "-keyout", WORK / f"{name}-ca.key", "-out", WORK / f"{name}-ca.pem",
        "-subj", issuer, "-days", "3650")
    run("openssl", "req", *key, "-keyout", WORK / f"{name}.key", "-out", WORK / f"{name}.csr", "-subj", "/CN=*.example.com")
    (WORK / "san").write_text("subjectAltName=DNS:*.example.com")
    run("openssl", "x509", "-req", "-in", WORK / f"{name}.csr", "-CA", WORK / f"{name}-ca.pem", "-CAkey",
        WORK / f"{name}-ca.key", "-CAcreateserial", "-out", WORK / f"{name}.pem", "-days", "390", "-extfile", WORK / "san")


def serve(address, name, only_old):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(WORK / f"{name}.pem", WORK / f"{name}.key")
    if only_old:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    listener = socket.create_server((address, 443))

    def answer(connection):
        try:
            connection.settimeout(6)
            with context.wrap_socket(connection, server_side=True) as secure:
                if secure.recv(4096):
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        except OSError:
            connection.close()

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def resolve():
    """A resolver that knows no name (3), fails (2) or stays silent, by the name asked for."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((RESOLVER, 53))

    def answer():
        while True:
            query, peer = server.recvfrom(512)
            code = 3 if b"unknown" in query else 2 if b"failing" in query else None
            if code is not None:
                server.sendto(query[:2] + struct.pack(">H", 0x8180 | code) + query[4:6] + b"\0\0\0\0\0\0" + query[12:], peer)

    threading.Thread(target=answer, daemon=True).start()


def capture(file, what, *clients, link=None):
    device = ["-i", "any", "-y", link] if link else ["-i", "lo"]
    dump = subprocess.Popen(["tcpdump", *device, "-U", "-s", "0", "-w", OUT / file, what], stderr=subprocess.DEVNULL)
    time.sleep(1.5)
    for client in clients:
        client()
        time.sleep(0.5)
    time.sleep(1.5)
    dump.terminate()
    dump.wait()
    if what.startswith("tcp"):
        keep_own_names(OUT / file)
    print(file, (OUT / file).stat().st_size)


def keep_own_names(path):
    """Leaves the first two connections to each name below example.com: browsers also call home."""
    data = path.read_bytes()
    packets, at = [], 24
    while at + 16 <= len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        packets.append(data[at:at + 16 + length])
        at += 16 + length
    link = struct.unpack_from("<I", data, 20)[0]
    start = {1: 14, 113: 16, 276: 20}[link]

    def ends(packet):
        ip = packet[16 + start:]
        tcp = ip[(ip[0] & 15) * 4:]
        return tuple(sorted([(ip[12:16], tcp[0:2]), (ip[16:20], tcp[2:4])]))

    names = {}
    for packet in packets:
        found = re.search(rb"[a-z0-9-]+\.example\.com", packet)
        if found and ends(packet) not in names:
            if list(names.values()).count(found[0]) < 2:
                names[ends(packet)] = found[0]
    path.write_bytes(data[:24] + b"".join(packet for packet in packets if ends(packet) in names))


def curl(host, address, *more):
    return lambda: run("curl", "-s", "-o", "/dev/null", "--resolve", f"{host}:443:{address}", *more, f"https://{host}/")


def s_client(host, address):
    return lambda: run("openssl", "s_client", "-connect", f"{address}:443", "-servername", host, "-verify_return_error",
                       stdin=subprocess.DEVNULL)


def python(host, address):
    code = f"import socket, ssl; s = socket.create_connection(('{address}', 443)); ssl.create_default_context().wrap_socket(s, server_hostname='{host}')"
    return lambda: run(sys.executable, "-c", code)


def node(host, address):
    code = f"require('https').get({{host: '{address}', servername: '{host}', port: 443}}).on('error', () => {{}})"
    return lambda: run("node", "-e", code)


def chromium(host, address, *more):
    return lambda: run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                       f"--user-data-dir={WORK}/chromium", f"--host-resolver-rules=MAP {host} {address}, MAP * ~NOTFOUND",
                       "--dump-dom", *more, f"https://{host}/")


def firefox(host, address):
    def start():
        profile = pathlib.Path(tempfile.mkdtemp(dir=WORK))
        preferences = {"network.dns.forceResolve": address, "network.captive-portal-service.enabled": False,
                       "network.connectivity-service.enabled": False, "browser.safebrowsing.update.enabled": False,
                       "app.normandy.enabled": False, "services.settings.server": "http://127.0.0.1:9",
                       "datareporting.policy.dataSubmissionEnabled": False, "network.prefetch-next": False}
        lines = [f'user_pref("{name}", {str(value).lower() if isinstance(value, bool) else chr(34) + value + chr(34)});'
                 for name, value in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines))
        run("firefox-esr", "--headless", "--profile", profile, "--screenshot", WORK / "shot.png", f"https://{host}/", seconds=15)
    return start


def reset(host, address):
    """Looks at the certificate and drops the connection at once, as a program with a check of its own may."""
    def start():
        context = ssl.create_default_context()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing, server_hostname=host)
        connection = socket.create_connection((address, 443))
        try:
            session.do_handshake()
        except ssl.SSLWantReadError:
            connection.sendall(outgoing.read())
        time.sleep(0.3)
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    return start


def dns(name):
    code = f"const r = new (require('dns').Resolver)({{timeout: 700, tries: 2}}); r.setServers(['{RESOLVER}']); r.resolve4('{name}', () => {{}})"
    return lambda: run("node", "-e", code)


def main():
    for address in (MODERN, OLD, MIDDLE, RESOLVER):
        run("ip", "address", "add", f"{address}/32", "dev", "lo")
    certificates("netskope", "/O=Example/CN=ca.example.goskope.com")
    certificates("other", "/O=mitmproxy/CN=mitmproxy")
    serve(MODERN, "netskope", False)
    serve(OLD, "netskope", True)
    serve(MIDDLE, "other", True)
    resolve()
    tls = "tcp port 443 and net 192.0.2.0/24"
    for name, client in {"curl": curl, "openssl": s_client, "python": python, "node": node, "chromium": chromium,
                         "firefox": firefox, "reset": reset}.items():
        capture(f"{name}.pcap", tls, client(f"{name}-13.example.com", MODERN), client(f"{name}-12.example.com", OLD))
    capture("accepted.pcap", tls, curl("accepted-13.example.com", MODERN, "-k"), curl("accepted-12.example.com", OLD, "-k"))
    capture("other_inspection.pcap", tls, curl("other.example.com", MIDDLE, "-k"))
    capture("cooked.pcap", tls, curl("cooked.example.com", OLD), link="LINUX_SLL")
    capture("cooked2.pcap", tls, curl("cooked2.example.com", OLD), link="LINUX_SLL2")
    capture("quic.pcap", "udp port 443 and net 192.0.2.0/24",
            lambda: run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                        f"--user-data-dir={WORK}/quic", f"--host-resolver-rules=MAP quic.example.com {MODERN}, MAP * ~NOTFOUND",
                        "--enable-quic", "--origin-to-force-quic-on=quic.example.com:443", "--dump-dom",
                        "https://quic.example.com/", seconds=6))
    capture("names.pcap", f"udp port 53 and host {RESOLVER}", dns("unknown.example.com"), dns("failing.example.com"),
            dns("silent.example.com"))
    for address in (MODERN, OLD, MIDDLE, RESOLVER):
        run("ip", "address", "del", f"{address}/32", "dev", "lo")
    shutil.rmtree(WORK)


main()
