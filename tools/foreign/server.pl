# SPDX-License-Identifier: GPL-2.0
# What the programs talk to: prints its port, and answers whoever connects, until it is killed.
# A line "GET ..." gets a file, "shell" gets commands to carry out, all else an acknowledgement.
use strict;
use warnings;
use IO::Socket::INET;

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64) or die;
$| = 1;
$SIG{PIPE} = 'IGNORE';
$SIG{CHLD} = 'IGNORE';
print $listener->sockport, "\n";
close STDOUT;
while (1) {
	my $client = $listener->accept or next;
	next if fork;
	$client->autoflush(1);
	while (my $line = <$client>) {
		if ($line =~ /^GET /) {
			1 while ($line = <$client>) =~ /\S/;
			print $client "HTTP/1.0 200 OK\r\nContent-Length: 100000\r\n\r\n", 'x' x 100000;
			last;
		} elsif ($line =~ /^shell/) {
			print $client "id\nuname -a\ncat /etc/passwd\nls -la /\ncat /proc/mounts\nexit\n";
		} else {
			print $client "ok\n";
		}
	}
	exit;
}
