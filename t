1 10:00:00.000000002 0 kworker/u16:2-events (9) getpid
1 10:00:00.000000002 0 sh (9) getpid
1 10:00:00.000000002 0 sh (9) getpid
