# 客户端：消息由人输入，收到 q 结束
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", int(sys.argv[1])))
while True:
    message = input("请输入:")
    client.send(message.encode("utf-8"))
    data = client.recv(1024)
    print("服务器说:", data.decode("utf-8"))
    if data.decode("utf-8") == "q":
        break
client.close()
