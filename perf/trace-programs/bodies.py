"""Bodies that attract each other."""


class Body:
    def __init__(self, x, y, vx, vy, mass):
        self.x = x
        self.y = y
        self.vx = vx
        self.vy = vy
        self.mass = mass


def step(bodies, dt):
    for i, a in enumerate(bodies):
        for b in bodies[i + 1:]:
            dx = a.x - b.x
            dy = a.y - b.y
            distance = dx * dx + dy * dy + 0.01
            pull = dt / (distance * distance ** 0.5)
            a.vx -= dx * b.mass * pull
            a.vy -= dy * b.mass * pull
            b.vx += dx * a.mass * pull
            b.vy += dy * a.mass * pull
    for body in bodies:
        body.x += dt * body.vx
        body.y += dt * body.vy


bodies = [Body(i * 1.5, i * i % 7, 0.1 * i, -0.05 * i, 1.0 + i) for i in range(6)]
for _ in range(40_000):
    step(bodies, 0.01)
print(round(sum(body.x for body in bodies), 6))
