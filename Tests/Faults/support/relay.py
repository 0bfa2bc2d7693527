"""Passes TCP connections on to a Unix socket: `python relay.py HOST PORT PATH`, for a network namespace of its own."""

import socket
import sys
import threading


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main(host, port, path):
    listener = socket.create_server((host, int(port)))
    while True:
        client, _ = listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(path)
        for ends in ((client, server), (server, client)):
            threading.Thread(target=copy, args=ends, daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
