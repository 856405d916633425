#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What can be seen without running it.
#
#	KDIR=... BUILD=... tests/static.sh NAME		one of --list
#
# Prints each thing that is wrong with its place; exit status 1 when there is one.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
BUILD=${BUILD:-$PWD/build/check/static}
wrong=0

complain() {
	echo "$*"
	wrong=1
}

# sources GLOB...: what git knows, or what there is where git is not
sources() {
	git ls-files -- "$@" 2>/dev/null | grep . || find "$@" -type f | sort
}

c_sources() {
	sources common kmod user tests tools | grep '\.[ch]$'
}

compiled() {
	sources "$@" | grep '\.c$'
}

# kernel_build ARGUMENT...: builds a copy of the module's sources, so that nothing is in the way
kernel_build() {
	rm -rf "$BUILD/$name"
	mkdir -p "$BUILD/$name"
	cp -rL Kbuild kmod common "$BUILD/$name/"
	make -j2 -C "$KDIR" M="$BUILD/$name" "$@" modules 2>&1 | sed "s|$BUILD/$name/||g"
}

# The words of the kernel's own build about us, not about its headers.
ours() {
	grep -E '^(kmod|common|Kbuild)[^ ]*:[0-9]+' || :
}

# With all that the kernel's build can warn of, and gcc's analyser: see ANALYZER below.
check_warnings_module() {
	local said

	said=$(kernel_build W=1 KCFLAGS="-fanalyzer -Wno-analyzer-malloc-leak")
	[ -e "$BUILD/$name/kanary.ko" ] || complain "$said"
	said=$(ours <<<"$said")
	[ -z "$said" ] || complain "$said"
}

check_sparse() {
	local said

	command -v sparse >/dev/null || { complain "sparse is missing: run tools/install-packages"; return; }
	said=$(kernel_build C=2 CHECK=sparse CF=-Wsparse-error)
	[ -e "$BUILD/$name/kanary.ko" ] || complain "$said"
	said=$(ours <<<"$said")
	[ -z "$said" ] || complain "$said"
}

# The kernel's own semantic patches, as far as they report and need no OCaml compiler.
check_coccinelle() {
	local scripts=${COCCINELLE:-} said

	command -v spatch >/dev/null || { complain "spatch is missing: run tools/install-packages"; return; }
	[ -n "$scripts" ] || scripts=$(tools/vm/kernel-scripts.sh)/coccinelle
	mkdir -p "$BUILD/$name"
	find "$scripts" -name '*.cocci' | sort | xargs grep -l '^virtual report' |
		xargs grep -L 'script:ocaml' >"$BUILD/$name/list"
	[ "$(wc -l <"$BUILD/$name/list")" -ge 50 ] || complain "$scripts: not the kernel's scripts"
	said=$(xargs -P2 -n1 spatch -D report --very-quiet --no-show-diff --no-includes \
		--include-headers kmod/*.c common/*.c --cocci-file <"$BUILD/$name/list" 2>&1 |
		grep -vE '^(warning: |should be a bound)' | grep . |
		# common/ has no kernel header, and so neither of these.
		grep -vE '^common/.*(Use ARRAY_SIZE|opportunity for (min|max))' || :)
	[ -z "$said" ] || complain "$said"
}

# It knows neither tsearch(), which keeps what it is given, nor a pointer to an array's pointer:
# all leaks that it reports are none. LeakSanitizer watches in the unit tests.
ANALYZER=(-fanalyzer -Werror -Wno-analyzer-malloc-leak)

check_analyzer_user() {
	local flags said

	flags=$(pkg-config --cflags libnl-3.0 libnl-genl-3.0 jansson libarchive gsl)
	# shellcheck disable=SC2086
	said=$(compiled common user | xargs -P2 -n1 "${CC:-gcc}" -std=gnu11 -O1 $flags \
		-Icommon -Iuser "${ANALYZER[@]}" -c -o /dev/null 2>&1) || complain "$said"
}

check_clang_tidy() {
	local flags said

	command -v clang-tidy >/dev/null ||
		{ complain "clang-tidy is missing: run tools/install-packages"; return; }
	flags=$(pkg-config --cflags libnl-3.0 libnl-genl-3.0 jansson libarchive gsl)
	# shellcheck disable=SC2016,SC2086
	said=$(compiled user | xargs -P2 -n4 sh -c 'flags=$1; shift
		exec clang-tidy --quiet --warnings-as-errors="*" "$@" -- -std=gnu11 -Icommon -Iuser $flags' \
		tidy "$flags" 2>&1) || complain "$(grep -vE '^[0-9]+ warnings? ' <<<"$said")"
}

check_warnings_user() {
	local said

	said=$(make --no-print-directory user BUILD="$BUILD/$name" CFLAGS="-Werror -Wformat=2 -Wundef \
		-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings" 2>&1) ||
		complain "$(grep -E 'error|warning' <<<"$said")"
}

check_shell() {
	local file

	while read -r file; do
		head -c 2 "$file" | grep -q '#!' || [[ $file == *.sh ]] || continue
		case $(head -n 1 "$file") in
		*/sh) sh -n "$file" || complain "$file: does not parse" ;;
		*bash | '# SPDX'*) bash -n "$file" || complain "$file: does not parse" ;;
		esac
	done < <(sources tools tests .ci)
}

# The license in the first line, or in the second of a script.
check_spdx() {
	local file

	while read -r file; do
		case $file in
		COPYING | *.json | .gitignore | */man/* | *.md | *.lst | *.conf | tests/fuzz/seeds/* | tests/cases/*/*) continue ;;
		esac
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: .*GPL-2.0' ||
			complain "$file: no SPDX-License-Identifier in its first lines"
	done < <(sources .)
}

# Kernel coding style, as far as lines show it.
check_style() {
	local file

	while read -r file; do
		awk -v file="$file" '
		function say(text) { printf "%s:%d: %s\n", file, NR, text; bad = 1 }
		{
			line = $0
			width = 0
			for (i = 1; i <= length(line); i++)
				width += substr(line, i, 1) == "\t" ? 8 - width % 8 : 1
		}
		width > 100 && line !~ /"/ { say(width " columns") }
		/[ \t]$/ { say("blanks at the end") }
		/^ +[^ *]/ && !/^ \*/ { say("indented by blanks") }
		/ \t/ { say("blank before a tab") }
		/\r/ { say("carriage return") }
		/(^|[ \t;{}])\/\// && NR > 1 && !/[":]\/\// && !/"/ { say("comment of the // kind") }
		/(^|[\t }])(if|for|while|switch)\(/ { say("no blank after the keyword") }
		/^[a-z].*\) \{$/ && !/^(static )?(const )?(struct|union|enum)/ { say("brace of a function on its line") }
		/^[\t]+\{$/ && previous ~ /(if|for|while|switch) \(.*\)$/ { say("brace on a line of its own") }
		/;;$/ && !/for \(/ { say("two semicolons") }
		NF == 0 && empty { say("two empty lines") }
		{ empty = NF == 0; previous = line }
		END { if (empty) say("empty line at the end"); exit bad }' "$file" || wrong=1
	done < <(c_sources)
}

# Functions that others can call say where they live: kanary_<file>_<verb>.
check_names() {
	local object file name symbol

	make --no-print-directory user BUILD="$BUILD/names" >/dev/null 2>&1 || complain "user does not build"
	for object in $(find "$BUILD"/names/user/{common,user} -name '*.o'); do
		file=$(basename "$object" .o)
		while read -r symbol; do
			case $symbol in
			main) ;;
			kanary_"$file"_* | kanary_"${file%s}"_* | kanary_"$file") ;;
			kanary_"${file%%_*}"_*) ;;
			*) complain "$file.c: $symbol is not called kanary_${file}_..." ;;
			esac
		done < <(nm --defined-only -g "$object" | awk '{ print $3 }' | sed 's/\..*//' | sort -u)
	done
	for file in kmod/*.c; do
		name=$(basename "$file" .c)
		while read -r symbol; do
			[[ $symbol == kanary_${name}_* || $symbol == kanary_${name} || $symbol == kanary_"${name%s}"_* ]] ||
				complain "$file: $symbol is not called kanary_${name}_..."
		done < <(grep -vE '^static|;$' "$file" |
			sed -n 's/^[a-z][a-z0-9_ ]*[ *]\(kanary_[a-z0-9_]*\)(.*/\1/p' | sort -u)
	done
}

# Who may include whom: a room of user/, and the rooms that it knows beside itself.
ROOMS='terminal:
module: terminal
container: terminal
recording: container terminal
import: recording container terminal
judge: recording container terminal
train/features: recording container terminal
train/head: train/features judge recording container terminal
train: train/head train/features judge recording container terminal
bench: train train/head train/features judge import recording container terminal
command: train train/head train/features judge import recording container module terminal'

check_rooms() {
	local said

	said=$(sources user | grep '\.[ch]$' | xargs grep -HE '^[[:space:]]*#[[:space:]]*include' | awk -F: -v rooms="$ROOMS" '
		BEGIN {
			count = split(rooms, line, "\n")
			for (i = 1; i <= count; i++) {
				split(line[i], part, ":")
				knows[part[1]] = part[2] " "
			}
		}
		{ room = substr($1, 6); if (!sub("/[^/]*$", "", room)) next }
		!(room in knows) { print $1 ": user/" room " is no room: say in tests/static.sh whom it knows"; next }
		/<netlink\// && room != "command" && room != "module" { print $1 ": only command and module know libnl" }
		{
			other = $2
			sub(/^[^"<]*["<]/, "", other)
			sub(/[">].*/, "", other)
		}
		other == "program.h" && room != "command" { print $1 ": " room " may not know program.h" }
		other == "commands.h" && room != "command" && room != "bench" { print $1 ": " room " may not know commands.h" }
		other ~ /\// {
			sub("/[^/]*$", "", other)
			if ($2 ~ /</ && !(other in knows)) next
			if (!index(knows[room], " " other " ")) print $1 ": " room " may not know " other ": " $2
		}')
	[ -z "$said" ] || complain "$said"
	said=$(sources kmod common | grep '\.[ch]$' | xargs grep -HE '^#include ".*/' || :)
	[ -z "$said" ] || complain "$said: kmod knows common, and nothing else crosses"
}

# One concept, one file: longer ones are tables, or two concepts.
check_sizes() {
	local file lines

	while read -r file; do
		lines=$(wc -l <"$file")
		[ "$lines" -le 600 ] || [[ $file == *_table.c ]] || complain "$file: $lines lines"
	done < <(c_sources)
}

# The top level holds these and nothing else.
check_tree() {
	local entry

	while read -r entry; do
		case $entry in
		kmod | user | common | tests | tools | Kbuild | Makefile | README.md | COPYING | .*) ;;
		*) complain "$entry does not belong on the top level" ;;
		esac
	done < <(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u)
	git ls-files 2>/dev/null | grep -E '\.(o|ko|rec|model|zip|zst|gz|xz|deb)$' &&
		complain "built or downloaded files are in git" || :
}

# The common room knows neither the kernel nor libc, nor floating point.
check_freestanding() {
	local file

	for file in common/*.[ch]; do
		[ "$file" != common/types.h ] || continue
		grep -nE '#include <(std|string|errno|math|unistd|linux/(kernel|slab|module))|__KERNEL__|\b(float|double|malloc|printf)\b' \
			"$file" | grep -vE '^[0-9]+:[ /]?\*| \* |/\*' | sed "s|^|$file:|" && wrong=1 || :
	done
}

# Kernel-doc of what others call, where the kernel's own checker is at hand.
check_checkpatch() {
	local script=${CHECKPATCH:-$KDIR/scripts/checkpatch.pl}

	[ -e "$script" ] || { echo "Debian's headers have no checkpatch.pl: say CHECKPATCH=FILE to use one"; exit 77; }
	c_sources | xargs perl "$script" --no-tree --terse --strict --file --max-line-length=100 \
		--ignore SPDX_LICENSE_TAG,FILE_PATH_CHANGES,MACRO_ARG_REUSE,PREFER_KERNEL_TYPES ||
		wrong=1
}

list() {
	declare -F | sed -n 's/^declare -f check_//p'
}

case ${1:---help} in
--list) list ;;
--help) sed -n '3,/^set /{ /^set /d; s/^# \{0,1\}//p }' "$0" ;;
*)
	list | grep -qx "$1" || { echo "kanary: static.sh: no check $1: see --list" >&2; exit 2; }
	name=$1
	"check_$1"
	exit $wrong
	;;
esac
