// Matrices multiplied in the plain way.
const size = Number(process.argv[2] ?? 450);
function filled(seed) {
  const rows = [];
  for (let i = 0; i < size; i++) {
    const row = [];
    for (let j = 0; j < size; j++) row.push((i * seed + j) % 10);
    rows.push(row);
  }
  return rows;
}
function product(a, b) {
  const out = [];
  for (let i = 0; i < size; i++) {
    const row = new Array(size).fill(0);
    for (let k = 0; k < size; k++) {
      const factor = a[i][k];
      const from = b[k];
      for (let j = 0; j < size; j++) {
        row[j] += factor * from[j];
      }
    }
    out.push(row);
  }
  return out;
}
const c = product(filled(3), filled(7));
let trace = 0;
for (let i = 0; i < size; i++) trace += c[i][i];
console.log(trace);
