# UDP 客户端：发送一条消息，打印回复
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto("你好".encode("utf-8"), ("127.0.0.1", int(sys.argv[1])))
data, address = client.recvfrom(1024)
print("收到:", data.decode("utf-8"))
client.close()
