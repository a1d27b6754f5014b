/* Functions of all loads. A load talks to 127.0.0.1 and prints one line of JSON: its figures or {"error": why}. */
#ifndef LOAD_H
#define LOAD_H

/* Seconds of a monotonic clock. */
double now(void);

/* Prints {"error": ...} and exits with 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Prints the line that says that the counted work begins now. A load that measures a server calls it once. */
void begin(void);

/* Prints the figures of a run and waits for a byte on stdin, with all connections open: the server is measured then. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Opens a connected, non-blocking socket with TCP_NODELAY. It pauses briefly after each of `total` connections, because
 * the accept queue of some programs is short.
 */
int dial(int port, int total);

/* Opens an unconnected, non-blocking socket, bound to one of many loopback addresses so that ports never run out. */
int source_socket(long nth);

/* Create an epoll; add a socket to it, or change it, for reading and, if `writes`, for writing. */
int make_epoll(void);
void watch(int epoll, int fd, void *of, int writes);
void watch_again(int epoll, int fd, void *of, int writes);

/* Returns the address 127.0.0.1:port. */
struct sockaddr_in loopback(int port);

/* Records a time in buckets of about 2 %: percentiles almost as exact as from a sorted list, in little memory. */
void record_time(double seconds);
/* Returns the time in microseconds below which a share (0 to 1) of the recorded times is. */
double time_at_share(double share);

/* Returns a text of `size` letters. */
char *letters(int size);

/* A message and its echo as bytes of the stream, and what is done with a new connection before the first one, or NULL. */
struct exchange {
  const char *message;
  int size;
  const char *echo;
  int echo_size;
  void (*greet)(int fd);
};
/* Plays ping-pong with these bytes. The words are those of the load `ping`, whose SIZE is not used. */
void play(char **words, struct exchange exchange);

/* The loads. Each gets the arguments after its name. */
void ping(char **words);
void ws(char **words);
void stream(char **words);
void idle(char **words);
void churn(char **words);
void chat(char **words);
void room(char **words);
void udp(char **words);
void get(char **words);
void spawn(char **words);

/* Seconds in which all connections must be accepted and answered once: starting a process for each takes some. */
#define TIMEOUT 10.0

/* Events handled at a time. */
#define EVENTS 256

#endif
