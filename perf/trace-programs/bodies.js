// Bodies that attract each other.
const steps = Number(process.argv[2] ?? 1_000_000);
const bodies = [];
for (let i = 0; i < 5; i++) {
  bodies.push({ x: i * 1.5, y: i * i * 0.7, z: (i % 3) * 2, vx: 0, vy: 0.1 * i, vz: 0, mass: 1 + i });
}
function advance(dt) {
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      const square = dx * dx + dy * dy + dz * dz + 0.01;
      const pull = dt / (square * Math.sqrt(square));
      a.vx -= dx * b.mass * pull;
      a.vy -= dy * b.mass * pull;
      a.vz -= dz * b.mass * pull;
      b.vx += dx * a.mass * pull;
      b.vy += dy * a.mass * pull;
      b.vz += dz * a.mass * pull;
    }
  }
  for (const body of bodies) {
    body.x += dt * body.vx;
    body.y += dt * body.vy;
    body.z += dt * body.vz;
  }
}
for (let step = 0; step < steps; step++) advance(0.001);
console.log(bodies.map(({ x }) => x.toFixed(6)).join(' '));
