"""What a program inside a group does so that its limits show.

effect.py spin            until it is killed
effect.py hog MIB         touches so much memory, holds it, says "held"
effect.py bomb            forks until that fails, says how many children it got
effect.py threads N       says its N threads' ids, and waits
"""

import os
import signal
import sys
import threading
import time


def spin():
    while True:
        pass


def hog(mib):
    block = bytearray(int(mib) << 20)
    for i in range(0, len(block), 4096):
        block[i] = 1
    print("held", flush=True)
    signal.pause()


def bomb():
    children = []
    try:
        for _ in range(1000):
            pid = os.fork()
            if pid == 0:
                signal.pause()
            children.append(pid)
    except BlockingIOError:
        pass
    print(len(children), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def threads(n):
    ids = []
    ready = threading.Semaphore(0)

    def wait():
        ids.append(threading.get_native_id())
        ready.release()
        time.sleep(3600)

    for _ in range(int(n)):
        threading.Thread(target=wait, daemon=True).start()
        ready.acquire()
    print(*ids, flush=True)
    signal.pause()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
