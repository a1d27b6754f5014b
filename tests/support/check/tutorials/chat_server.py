# 群聊服务器：把一个客户端说的话转发给其他客户端
import socket
import sys
import threading

clients = []


def receive(client, address):
    while True:
        try:
            data = client.recv(1024)
            message = str(address[1]) + "说:" + data.decode("utf-8")
            print(message)
            for other in clients:
                if other != client:
                    other.send(message.encode("utf-8"))
        except Exception as e:
            print("客户端离开", e)
            clients.remove(client)
            break


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(5)
print("port", server.getsockname()[1], flush=True)

while True:
    client, address = server.accept()
    clients.append(client)
    t = threading.Thread(target=receive, args=(client, address), daemon=True)
    t.start()
