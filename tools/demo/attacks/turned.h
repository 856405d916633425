/* SPDX-License-Identifier: GPL-2.0 */
/* What the attackers' shared objects do in a service's own process, without a new one. */
#ifndef TURNED_H
#define TURNED_H

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURNED_DEPTH_MAX 4
#define TURNED_FILES_MAX 2000

/* Mimicry: what any server does between two requests, so many times. */
static void turned_pad(int rounds)
{
	struct epoll_event event = { .events = EPOLLIN };
	int pair[2], poll;
	char byte = 0;

	if (!rounds || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	poll = epoll_create1(EPOLL_CLOEXEC);
	epoll_ctl(poll, EPOLL_CTL_ADD, pair[0], &event);
	for (; rounds; rounds--) {
		if (write(pair[1], &byte, 1) != 1 || epoll_wait(poll, &event, 1, 0) != 1 ||
		    read(pair[0], &byte, 1) != 1)
			break;
	}
	close(poll);
	close(pair[0]);
	close(pair[1]);
}

static int turned_search_below(const char *directory, int depth, int left, int padding)
{
	char path[PATH_MAX], head[64];
	struct dirent *entry;
	struct stat info;
	int seen = 0;
	DIR *list;
	int fd;

	list = opendir(directory);
	if (!list)
		return 0;
	while (seen < left && (entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (lstat(path, &info))
			continue;
		if (S_ISDIR(info.st_mode) && depth < TURNED_DEPTH_MAX)
			seen += turned_search_below(path, depth + 1, left - seen, padding);
		if (!S_ISREG(info.st_mode))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		seen += read(fd, head, sizeof(head)) > 0;
		close(fd);
		turned_pad(padding);
	}
	closedir(list);
	return seen;
}

/* The number of files whose beginnings were read. */
static inline int turned_search(const char *directory, int padding)
{
	return turned_search_below(directory, 0, TURNED_FILES_MAX, padding);
}

/* The number of ports of loopback that are open. */
static inline int turned_scan(int first, int last, int padding)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd, port, found = 0;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (port = first; port <= last; port++) {
		address.sin_port = htons(port);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		found += !connect(fd, (struct sockaddr *)&address, sizeof(address));
		close(fd);
		turned_pad(padding);
	}
	return found;
}

#endif
