/* What the loads share. Every load talks to 127.0.0.1 and prints one line of JSON: what it measured, or {"error": why}. */
#ifndef LOAD_H
#define LOAD_H

/* Seconds of a clock that only goes forward. */
double now(void);

/* Prints {"error": ...} and ends the program with 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Prints a line that says: what is counted as work begins now. Loads of servers do it once. */
void begin(void);

/* Prints the figures of a run, and keeps everything open until standard input says otherwise: the server is looked at. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * A connected socket that does not block and does not wait to fill its packets. Out of how many: it takes a little time over
 * each, since some programs let only a few wait to be accepted.
 */
int dial(int port, int out_of);

/* A socket that does not block, bound to one of many loopback addresses, so that ports never run out; not connected yet. */
int source_socket(long nth);

/* An epoll of its own, and a socket added to it for reading, or for reading and writing. */
int make_epoll(void);
void watch(int epoll, int fd, void *of, int writes);
void watch_again(int epoll, int fd, void *of, int writes);

/* The address 127.0.0.1:port. */
struct sockaddr_in loopback(int port);

/* Times in buckets of about 2 %: what a sorted list of all of them would tell, in little memory. */
void note_time(double seconds);
/* The time in microseconds that a share (0 to 1) of those noted stayed below. */
double noted_share(double share);

/* Each takes its own words after the name of the load. */
void ping(char **words);
void stream(char **words);
void idle(char **words);
void churn(char **words);
void chat(char **words);
void room(char **words);
void udp(char **words);
void get(char **words);
void spawn(char **words);

/* Seconds until every connection must have been taken and answered once: those that start a process for each need some. */
#define PATIENCE 10.0

/* Connections whose events are taken at a time. */
#define EVENTS 256

#endif
