"""A proxy between a client and a server, in this process, that can cut, delay, stall and corrupt what passes."""

import selectors
import socket
import threading
import time


class Proxy:
    def __init__(self, target_port):
        self.target = ("127.0.0.1", target_port)
        self.delay_s = 0.0  # added to every block of bytes
        self.stalled = False  # accepts connections and passes nothing on
        self.refusing = False  # closes every new connection at once
        self.corrupting = False  # flips bits of what the server says
        self.cut_after_bytes = None  # of what the client says, counted from when it is set; then the connection is cut
        self.num_connections = 0
        self.lock = threading.Lock()
        self.pairs = set()  # guarded by lock
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            if self.refusing:
                client.close()
                continue
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            self.num_connections += 1
            with self.lock:
                self.pairs.add((client, server))
            threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()

    def pass_on(self, client, server):
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            try:
                while True:
                    for key, _ in selector.select():
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        self.forward(data, key.fileobj is server, key.data)
            except (OSError, ValueError):
                pass  # cut
            finally:
                self.close_pair((client, server))

    def forward(self, data, from_server, to):
        while self.stalled:
            time.sleep(0.01)
        if self.delay_s:
            time.sleep(self.delay_s)
        if from_server and self.corrupting:
            data = bytes(byte ^ 0x55 for byte in data)
        if not from_server and self.cut_after_bytes is not None:
            data, self.cut_after_bytes = data[:self.cut_after_bytes], self.cut_after_bytes - len(data)
            if self.cut_after_bytes < 0:
                self.cut_after_bytes = None
                to.sendall(data)
                raise OSError("cut")
        to.sendall(data)

    def close_pair(self, pair):
        with self.lock:
            self.pairs.discard(pair)
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def cut(self):
        """Ends every connection now; new ones are taken."""
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.stalled = False
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
