# The tests of a JUnit project: compiled, run, and run again behind a test that had to be ended with its machine.
here=.winnow-tests
java="$1"
"$java" @$here/compile.args || exit $?
code=177
while [ "$code" -eq 177 ]; do
  "$java" @$here/run.args
  code=$?
done
if [ -e $here/lines.args ] && [ -s $here/counts.bin ]; then
  "$java" @$here/lines.args || echo 'winnow: what JaCoCo counted could not be read' >&2
fi
exit "$code"
