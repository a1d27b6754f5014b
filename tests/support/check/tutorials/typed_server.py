# 服务器：回复由人输入，输入 q 结束
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(5)
print("port", server.getsockname()[1], flush=True)

client, address = server.accept()
while True:
    data = client.recv(1024)
    print("客户端说:", data.decode("utf-8"))
    reply = input("回复:")
    client.send(reply.encode("utf-8"))
    if reply == "q":
        break
client.close()
server.close()
