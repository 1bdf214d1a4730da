# Each test of a Go module in a process of its own, so that what it ran can be told: one binary for each package, called once for each test.
# Arguments: go, a pattern of tests, the time of one (or 0s), the number of flags for the compiler, those flags, packages.
here=$PWD/.winnow-tests
into=/tmp/winnow-go
go="$1" pattern="$2" limit="$3" count="$4"
shift 4
flags=("${@:1:count}")
shift "$count"
mkdir -p "$into"
code=0
number=0

# A profile has every block of the module; those that did not run are the same for all tests. A test that panics leaves none.
profile() {
  [ -e "$into/profile" ] || return
  echo "# $1" >> "$here/go-lines.txt"
  sed 1d "$into/profile" | { if [ -n "$2" ]; then cat; else grep -v ' 0$'; fi } >> "$here/go-lines.txt"
  rm -f "$into/profile"
}

"$go" list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}' "$@" > "$into/packages" || exit $?
while read -r package directory <&3; do
  number=$((number + 1))
  binary="$into/$number.test"
  if ! "$go" test -c -cover -covermode=count -coverpkg=./... "${flags[@]}" -o "$binary" "$package" > "$into/said" 2>&1; then
    code=1
    { echo "# $package"; cat "$into/said"; } > "$here/go-build-$number.txt"
    continue
  fi
  cd "$directory" || exit 1
  # What runs before any test, which is in the counts of each.
  "$binary" -test.run '^$' -test.coverprofile="$into/profile" > "$into/said" 2>&1
  profile "package $package" all
  "$binary" -test.list "$pattern" 2>&1 | grep -E '^(Test|Example|Fuzz)' > "$into/tests"
  while read -r test <&4; do
    "$go" tool test2json -t -p "$package" "$binary" -test.v=test2json -test.paniconexit0 -test.timeout="$limit" \
      -test.run "^$test\$" -test.coverprofile="$into/profile" >> "$here/go.json" || code=1
    profile "test $package.$test" ''
  done 4< "$into/tests"
  rm -f "$binary"
  cd "$OLDPWD" || exit 1
done 3< "$into/packages"
exit "$code"
