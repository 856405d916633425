# SPDX-License-Identifier: GPL-2.0
# A miner in a thread of the application; WORK seconds on, REST seconds off, ROUNDS times.
import hashlib
import socket
import threading
import time


def mine():
    best = b"\xff" * 32
    nonce = 0
    for _ in range(int(ROUNDS)):
        end = time.monotonic() + float(WORK)
        while time.monotonic() < end:
            for _ in range(200):
                nonce += 1
                best = min(best, hashlib.sha256(b"%d" % nonce).digest())
            time.sleep(0)
        pool = socket.create_connection(("127.0.0.1", int(PORT)))
        pool.sendall(b'{"method":"submit","nonce":"%s"}\n' % best.hex().encode())
        pool.close()
        time.sleep(float(REST))
    with open("/tmp/loot", "w") as loot:
        print("mined", nonce, file=loot)


threading.Thread(target=mine).start()
