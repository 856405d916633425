// SPDX-License-Identifier: GPL-2.0
/* A process that scans the ports of loopback, as a worm looks for its next host. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTS 1024
#define WAIT_MS 20

static int is_open(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct pollfd wait = { .events = POLLOUT };
	socklen_t length = sizeof(int);
	int error = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	wait.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (wait.fd < 0)
		return 0;
	connect(wait.fd, (struct sockaddr *)&address, sizeof(address));
	if (poll(&wait, 1, WAIT_MS) == 1)
		getsockopt(wait.fd, SOL_SOCKET, SO_ERROR, &error, &length);
	close(wait.fd);
	return !error;
}

int main(void)
{
	int port;

	for (port = 1; port <= PORTS; port++)
		if (is_open(port))
			printf("open %d\n", port);
	return 0;
}
