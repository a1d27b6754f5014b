"""TLS whose two directions end by themselves, as its protocol has it and Python's own sockets do not.

The records go through memory: while one thread collects what comes, the other one sends, and it reads when it has ended its
half with a close_notify.
"""
import ssl
import sys
import threading


def talk(connection, context, stdin, stdout, **options):
    """Sends what it reads, ends its half, and prints what the other side sends until its own close_notify."""
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(coming, going, **options)

    def flush():
        connection.sendall(going.read())

    def show():
        try:
            while data := tls.read(65536):
                stdout.write(data)
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLZeroReturnError:
            pass
        return True

    while True:
        try:
            tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            flush()
            coming.write(connection.recv(65536))
    flush()
    show()  # What came with the handshake.
    arrived = []

    def collect():
        while data := connection.recv(65536):
            arrived.append(data)

    collector = threading.Thread(target=collect)
    collector.start()
    content = stdin.read()
    for at in range(0, len(content), 10_000):
        tls.write(content[at:at + 10_000])
        flush()
    try:
        tls.unwrap()
    except ssl.SSLWantReadError:
        pass  # It wants the other side's close_notify, which comes after its last words.
    flush()
    collector.join()
    coming.write(b"".join(arrived))
    if not show():
        sys.exit("the other side left without a close_notify")
