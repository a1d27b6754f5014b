# 客户端：发送一条消息，打印回复
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", int(sys.argv[1])))
client.send("你好,服务器".encode("utf-8"))
data = client.recv(1024)
print("收到:", data.decode("utf-8"))
client.close()
