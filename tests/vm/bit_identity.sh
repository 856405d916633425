# SPDX-License-Identifier: GPL-2.0
# The kernel and the CLI say the same of the same vectors and paths, to the bit:
#
#	work, recorded --> train --> load --> score --kernel: recording, random vectors and paths
#	more work --> kernel's live verdicts (watch) = score of what was recorded of it
. ./library.sh

# Something with more than one kind of call in it.
work() {
	isolated work sh -c 'for n in $(seq '"$1"'); do
		ls -lR /etc >/dev/null; cat /proc/self/maps >/dev/null; storm calls 150
		dd if=/dev/zero of=/dev/null bs=100 count=200 2>/dev/null; storm forks 5
	done'
}

insmod kanary.ko period=64 queue_length=4096 paths=1
kanary record -o work.rec --all 2>record.said &
recorder=$!
await 10 grep -q ready record.said
work 25
kill -INT "$recorder"
wait "$recorder" || fail "$(cat record.said)"
container=$(identity work)

# dull MODEL VIEW...: views that the recording's vectors hardly ever surprise
dull() {
	scored=$1
	shift
	kanary score "$scored" work.rec --vectors --json | jq -c 'select(.stream)' >score.vectors
	for view; do
		jq -s -e "[.[].${view}_surprise] | unique | length > 5" score.vectors >/dev/null ||
			echo "$view"
	done
}

# agree MODEL VIEW...: in force for the container, on everything
agree() {
	kanary load "$1" --container "$container"
	kanary score "$1" work.rec --kernel "$container" --json >recording.json 2>score.said ||
		fail "$1 on the recording: $(cat score.said)"
	found=$(dull "$@")
	[ -z "$found" ] || fail "$1: the recording has hardly more than one surprise of" "$found"
	[ "$(jq .kernel.verdicts recording.json)" -gt 200 ] ||
		fail "only $(jq -c .kernel recording.json)"
	kanary score "$1" --random 3000 --seed 7 --kernel "$container" --json >random.json 2>score.said ||
		fail "$1 on random vectors: $(cat score.said)"
	# A vector with more paths than a request holds has further verdicts.
	[ "$(jq -c '.kernel | [.verdicts - .portions, .differences]' random.json)" = '[3000,0]' ] ||
		fail "random vectors: $(jq -c .kernel random.json)"
}

# named MODEL recording|random...: of the model that agreed last, names had a say on these
named() {
	local model=$1 what

	shift
	for what; do
		jq -e '.kernel | .paths > 1000 and .names_verdicts > 200' $what.json >/dev/null ||
			fail "$model, $what: names were hardly compared: $(jq -c .kernel $what.json)"
		echo "$model, $what: $(jq -r '.kernel | "\(.verdicts) verdicts after \(.paths) paths, \(.names_verdicts) with an error of names"' $what.json)"
	done
	[ "$(jq .kernel.portions random.json)" -gt 5 ] ||
		fail "$model: no vector had more paths than a request holds: $(jq -c .kernel random.json)"
}

# spoke VIEW: it had a say on the vectors that were scored last, if not on all
spoke() {
	jq -s -e '[.[].'"$1"'_surprise | select(. != null)] | length > 200' score.vectors >/dev/null ||
		fail "$1 says nothing of the recording"
}

# lively MODEL SEED SHAPE VIEW...: the first random model from this seed on of which no view is
# dull, and it agrees: curves may end before or begin behind all errors, but not of all seeds
lively() {
	local file=$1 first=$2 shape=$3 seed

	shift 3
	for seed in $(seq "$first" $((first + 39))); do
		# shellcheck disable=SC2086
		model "$file" 64 keen "$seed" 1 $shape
		[ -n "$(dull "$file" "$@")" ] || break
	done
	agree "$file" "$@"
}

kanary train work.rec -o work.model --quiet --folds 1 --work-limit 500k --hidden 16 --steps 4 \
	2>train.said ||
	fail "train: $(cat train.said)"
agree work.model process grams task
# what it was learned from is no news to it
named work.model random
# keen, so that the codebook is searched
for seed in 1 101 201; do
	lively "random-$seed.model" "$seed" "" process
done
# a grams head, learned and random, alone and beside all others
kanary train work.rec -o grams.model --quiet --hidden 0 --grams 8 2>train.said ||
	fail "train: $(cat train.said)"
agree grams.model process grams task
lively grams-1.model 1 3000 process grams task
# a path histogram head, learned and random, alone and beside all others
kanary train work.rec -o paths.model --json --hidden 0 --path-histogram 32 >trained.json 2>train.said ||
	fail "train: $(cat train.said)"
jq -e '.path_histogram.errors > 100 and .path_histogram.code > 0' trained.json >/dev/null ||
	fail "no path histogram head: $(cat trained.json)"
agree paths.model process path_histogram
spoke path_histogram
lively paths-1.model 1 "0 128" process
spoke path_histogram
# a names head, random: the learned models have one, too
for seed in 1 101; do
	lively "names-$seed.model" "$seed" "0 0 4000" process path_names
	named "names-$seed.model" recording random
done
views=(process grams path_histogram path_names task)
lively all.model 1 "3000 128 4000" "${views[@]}"
named all.model recording random
# with paths before its processes' vectors, the container head spoke as well; random vectors have
# no time, and so no place in a container's order
jq -e '.kernel.container_verdicts > 50' recording.json >/dev/null ||
	fail "all.model: the container head was hardly compared: $(jq -c .kernel recording.json)"

# Another model than the one that is asked about must not pass for it.
refused 1 "" kanary score work.model work.rec --kernel "$container"

# Live: each stream scored as its vectors come, exec and exit between them, paths before them.
model keen.model 64 keen 5 3 2000 64 4000
kanary load keen.model --container "$container"
kanary watch --json >events 2>watch.said &
watch=$!
await 10 grep -q ready watch.said
kanary record -o live.rec --all 2>record.said &
recorder=$!
await 10 grep -q ready record.said
work 5
await 10 quiet
kill -INT "$recorder"
wait "$recorder" || fail "$(cat record.said)"
alerts=$(counter alerts)
received() {
	[ "$(wc -l <events)" -ge "$alerts" ]
}
await 10 received
kill -INT "$watch"
wait "$watch" || :
[ "$alerts" -gt 30 ] || fail "only $alerts alerts of a keen model"
[ "$(counter mirrored)" -gt 30 ] || fail "only $(counter mirrored) scored vectors were recorded"
# Time and pid name a vector on both sides.
vectors live.rec >live.vectors
kanary score keen.model live.rec --vectors --json | jq -c 'select(.stream)' >live.score
surprises='[.surprise, .process_surprise, .grams_surprise, .path_names_surprise, .path_histogram_surprise, .task_surprise, .sequence_surprise, .container_surprise]'
jq -s -c --slurpfile vectors live.vectors '[., $vectors] | transpose[] |
	select(.[0].alert) | [.[1].time, .[1].pid] + (.[0] | '"$surprises"')' live.score |
	sort >offline
jq -c 'select(.event == "alert") | [.boottime_ns, .pid] + '"$surprises" events | sort >online
named=$(jq -s '[.[] | select(.path_names_surprise > 0)] | length' events)
[ "$named" -gt 30 ] || fail "names had a say on $named live alerts only"
ended=$(jq -s '[.[] | select(.container_surprise != null)] | length' events)
[ "$ended" -gt 10 ] || fail "the container head had a say on $ended live alerts only"
cmp online offline || fail "$(wc -l <online) live alerts, $(wc -l <offline) offline; first differences:
$(diff online offline | head -n 6)"
