# SPDX-License-Identifier: GPL-2.0
# The KUnit suites, which run when the module that they are is loaded:
#
#	insmod  queue --- task --- worker --- ...   each says in KTAP what it found
#	rmmod
#
# A line of /run/results for each suite. What KTAP announced has to have come.
. ./library.sh

ktap() {
	dmesg -t | awk '
	function say(result, name) {
		printf "RESULT %s %s/kunit/%s %d\n", result, prefix, name, 0 >"/run/results"
	}
	$1 == "KTAP" || /^TAP / { next }
	/^ *# Subtest: / { suite = $3; seen = 0; planned = 0; wrong = 0; next }
	/^ +1\.\.[0-9]+/ && suite { sub(/ *1\.\./, ""); planned = $0 + 0; next }
	/^ +(not )?ok [0-9]+/ && suite {
		seen++
		cases++
		if ($1 == "not" || /# SKIP/)
			wrong++
		next
	}
	/^(not )?ok [0-9]+/ && suite {
		good = $1 == "ok" && !wrong && planned > 0 && seen == planned
		if (seen != planned)
			printf "%s: %d cases announced, %d seen\n", suite, planned, seen
		say(good ? "ok" : "FAIL", suite)
		failed += !good
		suites++
		suite = ""
	}
	END {
		if (suite)
			printf "%s did not end\n", suite
		printf "%d cases in %d suites, %d suites failed\n", cases, suites, failed
		exit failed > 0 || suite != "" || suites != expected
	}' prefix="$PREFIX" expected="$1"
}

insmod kanary_kunit.ko
rmmod kanary_kunit
said=$(ktap "$(cat suites)") || {
	dmesg -t | grep -B 1 -A 12 -E '# .*(EXPECTATION|ASSERTION) FAILED|not ok' | head -n 80
	fail "$said; $(cat suites) suites are built in"
}
echo "$said"
