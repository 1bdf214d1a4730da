// Fibonacci numbers and queens, by functions that call themselves.
const size = Number(process.argv[2] ?? 33);
function fib(n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}
function queens(n, row, columns, left, right) {
  if (row === n) return 1;
  let found = 0;
  for (let column = 0; column < n; column++) {
    const bit = 1 << column;
    const a = 1 << (row + column);
    const b = 1 << (row - column + n);
    if (columns & bit || left & a || right & b) continue;
    found += queens(n, row + 1, columns | bit, left | a, right | b);
  }
  return found;
}
console.log(fib(size), queens(size < 25 ? 6 : 8, 0, 0, 0, 0));
