# 群聊客户端：一个线程接收，主线程发送
import socket
import sys
import threading

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", int(sys.argv[1])))


def receive():
    while True:
        data = client.recv(1024)
        print(data.decode("utf-8"))


t = threading.Thread(target=receive, daemon=True)
t.start()
while True:
    message = input()
    client.send(message.encode("utf-8"))
