/*
 * Ping-pong over WebSocket (RFC 6455): the messages are text in one frame, masked; the echo must be text in one frame, too,
 * not masked. The key and the mask are constants: servers cannot know.
 */
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char REQUEST[] =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

static const char ACCEPTED[] = "HTTP/1.1 101 ";

static const unsigned char MASK[4] = {0x37, 0xfa, 0x21, 0x3d};

/* Makes the connection a WebSocket. A server sends nothing after its answer before it gets a message. */
static void shake_hands(int fd) {
  char answer[4096];
  size_t got = 0;
  if (write(fd, REQUEST, sizeof REQUEST - 1) != sizeof REQUEST - 1) fail("Cannot send a request: %s", strerror(errno));
  while (got < 4 || memcmp(answer + got - 4, "\r\n\r\n", 4) != 0) {
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    if (poll(&readable, 1, (int)(TIMEOUT * 1000)) <= 0) fail("The handshake was not answered");
    ssize_t count = read(fd, answer + got, sizeof answer - got);
    if (count <= 0) fail("A connection ended in its handshake");
    got += count;
  }
  if (memcmp(answer, ACCEPTED, sizeof ACCEPTED - 1) != 0) fail("The handshake was refused");
}

/* Returns a frame with a text, and its size. */
static char *frame(const char *text, int size, int masked, int *frame_size) {
  int length_bytes = size <= 125 ? 0 : size <= 0xffff ? 2 : 8, start = 2 + length_bytes + (masked ? 4 : 0);
  char *frame = malloc(start + size);
  frame[0] = (char)0x81;
  frame[1] = (char)((masked ? 0x80 : 0) | (length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127));
  for (int i = 0; i < length_bytes; i++) frame[2 + i] = (char)((long)size >> 8 * (length_bytes - 1 - i));
  if (masked) memcpy(frame + start - 4, MASK, 4);
  for (int i = 0; i < size; i++) frame[start + i] = (char)(masked ? text[i] ^ MASK[i % 4] : text[i]);
  *frame_size = start + size;
  return frame;
}

void ws(char **words) {
  int size = atoi(words[5]);
  const char *text = letters(size);
  struct exchange exchange = {.greet = shake_hands};
  exchange.message = frame(text, size, 1, &exchange.size);
  exchange.echo = frame(text, size, 0, &exchange.echo_size);
  play(words, exchange);
}
