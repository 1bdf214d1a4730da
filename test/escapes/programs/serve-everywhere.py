# tries: to serve on all addresses, so that the network may come to it
# endings: exited 0, crashed
# prints: done
import socket
import time

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

servers = []
for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
    try:
        server = socket.socket(family, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((address, 47123))
        server.listen(10)
        server.setblocking(False)
        servers.append(server)
    except BaseException as error:
        print(type(error).__name__)
end = time.perf_counter() + 0.6
for _ in range(60):
    for server in servers:
        try:
            server.accept()
            print("escaped: somebody called")
        except BaseException:
            pass
    time.sleep(0.01)
print("done")
