# 服务器：接收一个客户端的一条消息，回复后结束
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(5)
print("port", server.getsockname()[1], flush=True)

client, address = server.accept()
data = client.recv(1024)
print("收到:", data.decode("utf-8"))
client.send("THANK you".encode("utf-8"))
client.close()
server.close()
