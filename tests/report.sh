# SPDX-License-Identifier: GPL-2.0
# What the runners in this folder share: options, a line a test, and the end.
#
#	RUN=NAME; . tests/report.sh
#
# Sets build (where things are made) and out (logs of this run, emptied, build/NAME), and
# takes the names of the wanted tests. The script's usage is the comment at its top.

build=build
wanted=()
while [ $# -gt 0 ]; do
	case $1 in
	--build) build=${2:?--build needs a directory}; shift 2 ;;
	--help) sed -n '3,/^set /{ /^set /d; s/^# \{0,1\}//p }' "$0"; exit 0 ;;
	-*) echo "kanary: ${0##*/}: unknown option $1: see --help" >&2; exit 2 ;;
	*) wanted+=("$1"); shift ;;
	esac
done
build=$(realpath -m "$build")
out=$build/$RUN
rm -rf "$out"
mkdir -p "$out"
passed=0 failed=0 skipped=0

# wants NAME: is it asked for? With a NAME/ that ends in a slash: is anything below it?
wants() {
	local name

	[ ${#wanted[@]} -gt 0 ] || return 0
	for name in "${wanted[@]}"; do
		[[ $1 == "$name"* || ($1 == */ && $name == "$1"*) ]] && return 0
	done
	return 1
}

# report RESULT NAME SECONDS [REASON [SAID]]: what lanes report stays together
report() {
	printf '%s%-5s %-34s %7s s%s\n' "${5:-}" "$1" "$2" "$3" "${4:+  $4}" | flock "$out" cat
	case $1 in
	ok) passed=$((passed + 1)) ;;
	skip) skipped=$((skipped + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
}

# check NAME COMMAND...: a test, if it is asked for
check() {
	wants "$1" || return 0
	must "$@"
}

# must NAME COMMAND...: exit status 0 is ok, 77 skip with the last line as the reason
must() {
	local name=$1 log=$out/${1//\//-}.log begin=$EPOCHREALTIME status=0 tenths

	shift
	timeout "${LIMIT:-900}" "$@" >"$log" 2>&1 </dev/null || status=$?
	tenths=$(((${EPOCHREALTIME/./} - ${begin/./}) / 100000))
	case $status in
	0) report ok "$name" "$((tenths / 10)).$((tenths % 10))" ;;
	77) report skip "$name" "$((tenths / 10)).$((tenths % 10))" "$(tail -n 1 "$log")" ;;
	*)
		report FAIL "$name" "$((tenths / 10)).$((tenths % 10))" "exit status $status" \
			"$(sed 's/^/	/' "$log" | tail -n 60)"$'\n'
		;;
	esac
	return 0
}

# built NAME COMMAND...: must for what others need; whether it is there. What an earlier run
# left in its place is not what is to be tested.
built() {
	local failures=$failed

	must "$@"
	[ "$failed" -eq "$failures" ]
}

# lane COMMAND...: beside what is started as another lane, until join
#
# A guest keeps one core busy, and little more: its scripts wait for one thing after the other.
lanes=()
lane() {
	# A process group each, so that all of it can be ended.
	set -m
	(
		passed=0 failed=0 skipped=0
		"$@"
		echo "$passed $failed $skipped" >"$out/lane-$BASHPID"
	) &
	set +m
	lanes+=($!)
}

join() {
	local pid counts

	for pid in "${lanes[@]}"; do
		if wait "$pid" && read -ra counts <"$out/lane-$pid"; then
			passed=$((passed + counts[0]))
			failed=$((failed + counts[1]))
			skipped=$((skipped + counts[2]))
		else
			report FAIL "${0##*/}" "$SECONDS" "a lane ended early"
		fi
	done
	lanes=()
}

finish() {
	local status=$? pid

	trap - EXIT
	for pid in "${lanes[@]}"; do
		kill -- "-$pid" 2>/dev/null || :
	done
	[ "$status" -eq 0 ] || report FAIL "${0##*/}" "$SECONDS" "it ended early, exit status $status"
	echo "$passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
	[ $failed -eq 0 ] && [ $((passed + failed)) -gt 0 ]
	exit $?
}

# guest PREFIX FILES SCRIPT... [-- RUN_OPTION...]: scripts in one guest, one after the other
#
# Their own results are in the output, as lines RESULT ok|FAIL NAME TENTHS.
guest() {
	local prefix=$1 files=$2 log=$out/guest-${1//\//-} line result name tenths script said=
	local scripts=()

	shift 2
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		! wants "$prefix/$1" || scripts+=("$1.sh")
		shift
	done
	[ $# -eq 0 ] || shift
	[ ${#scripts[@]} -gt 0 ] || return 0
	log+=-${scripts[0]%.sh}
	tools/vm/run.sh --files "$files" --timeout 1800 --log "$log.console" --env "PREFIX=$prefix" \
		"$@" guest.sh "${scripts[@]}" >"$log.log" 2>&1 </dev/null || :
	# What one that did not fail has said is of no interest.
	while read -r line; do
		if [[ $line != "RESULT "* ]]; then
			said+=$'\t'$line$'\n'
			continue
		fi
		read -r _ result name tenths <<<"$line"
		[ "$result" != ok ] || said=
		report "$result" "$name" "$((tenths / 10)).$((tenths % 10))" "" "$said"
		said=
	done < <(grep -av '^\[ *[0-9.]*\] kanary: alert' "$log.log")
	# The first that could not run tells what the guest said last.
	said=$(tail -n 40 "$log.log" | sed 's/^/\t/')$'\n'
	for script in "${scripts[@]}"; do
		grep -q "^RESULT [a-zA-Z]* $prefix/${script%.sh} " "$log.log" && continue
		report FAIL "$prefix/${script%.sh}" 0 "it could not run: $log.log" \
			"$said"
		said=
	done
	# The kernel's last word comes after the scripts'.
	grep -q '^RESULT FAIL' "$log.log" || ! grep -q '^kanary: run.sh: the kernel complained' "$log.log" ||
		report FAIL "$prefix/kernel" 0 "it complained: $log.log"
}
