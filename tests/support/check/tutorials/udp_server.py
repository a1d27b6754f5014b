# UDP 服务器：回复每一个发送者
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
print("port", server.getsockname()[1], flush=True)

while True:
    data, address = server.recvfrom(1024)
    print("收到:", data.decode("utf-8"), address)
    server.sendto("已收到".encode("utf-8"), address)
