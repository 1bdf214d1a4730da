# tries: names that a shell written in JavaScript could take for its own, and expansions beyond measure
# endings: exited, timed-out, out-of-memory, crashed, output-limit
# limits: {"wallMs": 4000}
# runs: 2
if [ -n "$winnow_trace" ] || [ -e /tmp/winnow-trace ] || [ "$(type -t ls)" = function ]; then echo "escaped: traces of the run before"; fi
winnow_trace=1; export winnow_trace; echo x > /tmp/winnow-trace
ls() { echo forged; }
declare -A map
for name in __proto__ constructor prototype toString hasOwnProperty valueOf; do
  map[$name]=forged
  eval "$name=forged"
  declare "$name=forged"
  alias "$name=forged"
  eval "$name() { echo forged; }"
  export "$name"
done
echo "${map[__proto__]} ${map[constructor]} $__proto__ $constructor"
echo '{"__proto__": {"winnow": 1}}' | jq .
cd __proto__ 2>/dev/null; mkdir __proto__ constructor; cd __proto__
printf -v big '%*s' 1000000 x
x=$big; for i in 1 2 3 4 5 6 7 8 9 10; do x=$x$x; done
echo {1..100000000} | wc -c
