// A tree of objects of several classes.
const size = Number(process.argv[2] ?? 120_000);
class Shape {
  constructor(name) {
    this.name = name;
  }
  area() {
    return 0;
  }
}
class Square extends Shape {
  constructor(side) {
    super('square');
    this.side = side;
  }
  area() {
    return this.side * this.side;
  }
}
class Circle extends Shape {
  constructor(radius) {
    super('circle');
    this.radius = radius;
  }
  area() {
    return Math.PI * this.radius ** 2;
  }
}
class Tree {
  constructor(value) {
    this.value = value;
    this.left = null;
    this.right = null;
  }
  insert(value) {
    let at = this;
    for (;;) {
      if (value.area() < at.value.area()) {
        if (at.left === null) {
          at.left = new Tree(value);
          return;
        }
        at = at.left;
      } else {
        if (at.right === null) {
          at.right = new Tree(value);
          return;
        }
        at = at.right;
      }
    }
  }
}
let state = 99;
const root = new Tree(new Square(1_000_000));
for (let i = 0; i < size; i++) {
  state = (state * 16807) % 2147483647;
  root.insert(state % 2 === 0 ? new Square(state / 1000) : new Circle(state / 600));
}
let depth = 0;
let level = [root];
while (level.length > 0) {
  depth++;
  const below = [];
  for (const { left, right } of level) {
    if (left !== null) below.push(left);
    if (right !== null) below.push(right);
  }
  level = below;
}
console.log(depth);
