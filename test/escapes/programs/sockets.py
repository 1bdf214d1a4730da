# tries: to call the machine's loopback servers, by every socket family there is
# prints: done
# limits: {"wallMs": 8000}
import socket

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

opened = []
for family in range(0, 47):
    for kind in (1, 2, 3, 4, 5, 10):
        try:
            opened.append((family, kind, socket.socket(family, kind)))
        except BaseException:
            pass
print("opened", [(family, kind) for family, kind, _ in opened])
TARGETS = [("127.0.0.1", 47001), ("127.0.0.1", 47002), ("::1", 47001, 0, 0), ("::ffff:127.0.0.1", 47001, 0, 0), ("0.0.0.0", 47001),
           ("localhost", 47001), ("169.254.169.254", 80), ("10.0.0.1", 80), "/tmp/winnow-bait.sock", "\0winnow-bait",
           (2, 47001), (1, 47001), ("lo", 0x0800), (0, 0), b"/run/dbus/system_bus_socket"]
for family, kind, it in opened:
    it.settimeout(0.05)
    for target in TARGETS:
        try:
            it.connect(target)
            if family in (2, 10, 40) and kind in (1, 5):
                print("escaped: connected", family, kind, target)
            it.send(b"hello")
            print("got", family, kind, target, it.recv(100))
        except BaseException:
            pass
    try:
        it.sendto(b"hello", ("127.0.0.1", 47002))
    except BaseException:
        pass
attempt("interfaces", lambda: socket.if_nameindex())
attempt("names", lambda: socket.getaddrinfo("localhost", 47001))
print("done")
