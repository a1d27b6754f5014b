# 服务器：循环接收客户端的消息，每个客户端回复一次
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(5)
print("port", server.getsockname()[1], flush=True)

while True:
    client, address = server.accept()
    print("客户端", address)
    data = client.recv(1024)
    print("收到:", data.decode("utf-8"))
    client.send("信息已收到".encode("utf-8"))
    client.close()
