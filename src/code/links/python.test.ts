import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';
import { useLines } from './conformance.ts';

const { has, hasNot, linksOf } = linkedIn('python')('a.py');

describe('imports', () => {
  it('bind what they name, at any depth', () => {
    has('import a.b\nimport c.d as e\nfrom ..f import g as h, i', 'file import a', 'file import e', 'file import h');
    has('def f():\n    from x import y\n    y()', 'f import y', 'f call y');
    has('class C:\n    import x', 'C import x');
  });

  it('of both sides of a fall-back and of type checkers count', () => {
    const { links } = linksOf('try:\n    import a as j\nexcept ImportError:\n    import b as j');
    expect(links.bindings.map((binding) => [binding.name, binding.import])).toEqual([
      ['j', 0],
      ['j', 1],
    ]);
    has('if TYPE_CHECKING:\n    from m import User\ndef f(u: "User"): ...', 'file import User', 'f parameter u : User');
  });

  it('of everything pass everything on, and __all__ says what others get', () => {
    expect(linksOf('from a import b\nfrom c import *').links.passedOn).toEqual([1]);
    expect(linksOf('def f():\n    from c import *').links.passedOn).toEqual([]);
    const { links } = linksOf("__all__ = ['a', 'b']\n__all__ += ['c']");
    expect(links.exports.map((one) => one.local)).toEqual(['a', 'b', 'c']);
  });
});

describe('classes', () => {
  it('have bases, also applied, dotted and in with_metaclass', () => {
    has('class A(B, m.C[T], metaclass=M): ...', 'A(B, m.C<T>)', 'A inherit B', 'A inherit m.C', 'A type M');
    has('class A(six.with_metaclass(M, B)): ...', 'A(B)', 'A inherit B');
    has('class A(Generic[K, V]): ...', 'A(Generic<K, V>)');
  });

  it('call the first parameter of a method what they like', () => {
    has('class A:\n    def f(this, x): this.g()', 'A.f parameter this = self', 'A.f parameter x', 'A.f call this.g');
    has('class A:\n    @classmethod\n    def f(k): return k()', 'A.f parameter k = self-type', 'A.f → call(k) static');
    has('class A:\n    @staticmethod\n    def f(x): ...', 'A.f parameter x', 'A.f static');
    has('class A:\n    def __new__(cls): return super().__new__(cls)', 'A.__new__ → new(cls) static');
    has('class A:\n    def f(self: T) -> T: ...', 'A.f → self');
    has('def outer():\n    def f(self): ...', 'outer.f parameter self');
  });

  it('have the members that their methods set', () => {
    has(
      'class A:\n    def __init__(self, db):\n        self.db = db\n    def load(me):\n        me.rows: List[Row] = []',
      'A member db = db',
      "A member rows = 'list' : List<Row>",
    );
    has('class A:\n    def f(self): self.a, b = c', 'A member a = iterate 0(c)', 'A.f variable b = iterate 1(c)');
    has('class A:\n    def f(self):\n        def g(): self.x = C()', 'A member x = call(C)');
    hasNot('class A:\n    def f(self, other): other.x = C()', 'A member x = call(C)');
  });

  it('have accessors', () => {
    has('class A:\n    @property\n    def x(self): return B()', 'A.x → call(B) accessor');
    has('class A:\n    @functools.cached_property\n    def x(self) -> B: ...', 'A.x → instance(B) accessor');
    has('class A:\n    @x.setter\n    def x(self, v): ...', 'A.x accessor');
  });

  it('of data have typed fields, and members of enumerations are of their class', () => {
    has(
      '@dataclass\nclass P:\n    x: Other\n    y: "Other" = None',
      'P symbol x : Other',
      "P symbol y = 'None' : Other",
    );
    has('class C(Enum):\n    RED = 1', 'C symbol RED : self-type');
    has('class P(NamedTuple):\n    x: Other', 'P symbol x : Other');
  });

  it('reach what they inherit and their own class', () => {
    has('class A(B):\n    def f(self): super().f()', 'A.f call super.f');
    has('class A:\n    def f(self): return type(self)()', 'A.f → call(self-type)');
    has('class A:\n    def f(self): return self.__class__()', 'A.f → call(self-type)');
  });
});

describe('annotations', () => {
  it('name types, bare or quoted, plain or applied', () => {
    has('def f(a: "X", b: m.Y = 1): ...', 'f parameter a : X', "f parameter b = 'int' : m.Y", 'f type X', 'f type m.Y');
    has('def f(a: Optional[X], b: Union[X, "Y"], c: X | None): ...', 'f parameter a : X', 'f parameter c : X');
    has('def f(b: Union[X, "Y"]): ...', 'f parameter b : either(X, Y)');
    has(
      "def f(a: 'B', b: 'A|B', c: 'm.rB', d: \"List['F']\"): ...",
      'f parameter a : B',
      'f parameter b : either(A, B)',
    );
    has("def f(c: 'm.rB', d: \"List['F']\"): ...", 'f parameter c : m.rB', 'f parameter d : List<F>');
    has('def f(a: "List[Dict[str, X]]"): ...', 'f parameter a : List<Dict<str, X>>');
    has('def f(a: Callable[[A], X]): ...', 'f parameter a : Callable<X>', 'f type A');
    has('def f(a: Type[X]): a()', 'f parameter a = X');
    has('def f(*a: X, **k: Y): ...', 'f parameter a = list[instance(X)]', 'f parameter k = dict[instance(Y)]');
    has("def f(a: Literal['x', 'y']): ...", 'f parameter a');
    has('class A:\n    def f(self) -> "Self": ...', 'A.f → instance(self-type)');
  });

  it('say what calls give', () => {
    has('def f() -> X: return other()', 'f → instance(X)');
    has('async def f() -> List[X]: ...', 'f → instance(List<X>)');
    has('def f() -> Generator[X, None, Y]: ...', 'f → instance(Generator<X>)');
  });

  it('may be comments, casts, aliases and bounds', () => {
    has('x = []  # type: List[Foo]', "file symbol x = 'list' : List<Foo>");
    has('x = f()  # type: ignore', 'file symbol x = call(f)');
    has("x = cast('Foo', y)", 'file symbol x = instance(Foo)', 'x type Foo');
    has('Table = Dict[str, Foo]', 'file symbol Table = Dict<str, Foo>');
    has("T = TypeVar('T', bound='Foo')", 'file symbol T = Foo');
    has('X: TypeAlias = "Foo | list[Bar]"', 'file symbol X = either(Foo, list<Bar>)', 'X type Foo');
    has('type X = list[Foo]', 'file symbol X = list<Foo>');
    has('def f[T: Foo](x: T): ...', 'file variable T = Foo', 'f parameter x : T');
  });
});

describe('values', () => {
  it('come from calls, displays, conditions and operators', () => {
    has('x = Foo()', 'file symbol x = call(Foo)');
    has('x = Foo() if c else Bar()', 'file symbol x = either(call(Foo), call(Bar))');
    has('x = a or Foo()', 'file symbol x = either(a, call(Foo))');
    has('x = [Foo(), Bar()]', 'file symbol x = list[call(Foo), call(Bar)]');
    has("H = {'a': f, 'b': g}\nH[k]()", 'file symbol H = dict[f, g]');
    has('x = a + b', 'file symbol x = first(call(a.__add__), a)');
    has("x = '%s' % a", "file symbol x = 'str'");
    has('x = partial(f, 1)', 'file symbol x = f');
    has("x = getattr(a, 'b')", 'file symbol x = a.b', 'x use a.b');
    has('x = xs[0]', 'file symbol x = subscript 0(xs)');
    has('x = xs[1:]', 'file symbol x = xs');
  });

  it('are unpacked by place', () => {
    has('a, (b, *c) = t', 'file symbol a = iterate 0(t)', 'file symbol b = iterate 0(iterate 1(t))');
    has('a, b = Foo(), Bar()', 'file symbol a = call(Foo)', 'file symbol b = call(Bar)');
    has(
      'for i, x in enumerate([Foo()]): ...',
      "file variable x = iterate 1(iterate(iterator[tuple['int', iterate(list[call(Foo)])]]))",
    );
  });

  it('of loops and comprehensions are elements', () => {
    has('def f(xs):\n    for x in xs: x.go()', 'f variable x = iterate(xs)');
    has('x = [a.b() for a in [Foo()]]', 'block variable a = iterate(list[call(Foo)])', 'file call a.b');
    has('def f():\n    if (n := g()): n.x', 'f variable n = call(g)');
    has('x = [y := g() for z in zs]', 'file variable y = call(g)');
  });

  it('of itertools are spelled out where its names are imported', () => {
    has('from itertools import chain\nx = chain(a, b)', 'file symbol x = iterator[iterate(a), iterate(b)]');
    has('import itertools\nx = itertools.zip_longest(a, b)', 'file symbol x = iterator[tuple[iterate(a), iterate(b)]]');
    has('x = chain(a, b)', 'file symbol x = call(chain)');
  });

  it('of with are what is entered', () => {
    has('with Foo() as x: ...', 'file variable x = first(call(call(Foo).__enter__), call(Foo))');
    has(
      'async def f():\n    async with Foo() as x: ...',
      'f variable x = first(unwrap(call(call(Foo).__aenter__)), call(Foo))',
    );
    has('@contextmanager\ndef f(): yield Foo()', 'f → call(Foo)');
    has('@contextmanager\ndef f() -> Iterator[Foo]: ...', 'f → iterate(instance(Iterator<Foo>))');
  });

  it('of functions are what they return or yield', () => {
    has('def f():\n    return Foo()\n    return self.x', 'f → call(Foo) | self.x');
    has('def f(): yield Foo()', 'f → iterator[call(Foo)]');
    has('def f(): yield from g()', 'f → iterator[iterate(call(g))]');
    has('f = lambda x: Foo(x)', 'f → call(Foo)', 'f parameter x');
    has('async def f():\n    x = await g()\n    x.h()', 'f variable x = unwrap(call(g))', 'f call x.h');
  });

  it('are added to containers', () => {
    has('class A:\n    def f(self):\n        self.xs.append(Foo())', 'A member xs = list[call(Foo)]');
    has('def f():\n    xs = []\n    xs.append(Foo())', 'f variable xs = list[call(Foo)]');
    has('d = {}\ndef f(): d[1] = Foo()', 'file variable d = dict[call(Foo)]');
    hasNot('def f(): xs.append(Foo())', 'f variable xs = list[call(Foo)]');
  });

  it('of global and nonlocal names go where they belong', () => {
    has('def f():\n    global g\n    g = Foo()', 'file variable g = call(Foo)');
    has('def f():\n    x = 1\n    def h():\n        nonlocal x\n        x = Foo()', 'f variable x = call(Foo)');
  });

  it('of exceptions are instances', () => {
    has('from m import Foo\ntry: ...\nexcept Foo as e: e.x', 'file variable e = instance(Foo)', 'file use Foo');
    has('try: ...\nexcept (A, B) as e: ...', 'file variable e = instance(either(A, B))');
  });
});

describe('tests of a type', () => {
  it('count where they hold', () => {
    has('def f(x):\n    if isinstance(x, Foo): x.a()\n    x.b()', 'f call instance(Foo).a', 'f call x.b');
    has('def f(x):\n    if not isinstance(x, Foo): return\n    x.b()', 'f call instance(Foo).b');
    has('def f(x):\n    if not isinstance(x, Foo): x.a()\n    else: x.b()', 'f call x.a', 'f call instance(Foo).b');
    has('def f(x):\n    assert isinstance(x, (A, B))\n    x.b()', 'f call instance(either(A, B)).b');
    has('def f(x):\n    return isinstance(x.y, A) and x.y.z()', 'f call instance(A).z');
    has('def f(x):\n    return x.z() if isinstance(x, A) else x.w()', 'f call instance(A).z', 'f call x.w');
    has('def f(xs):\n    return [x.z() for x in xs if isinstance(x, A)]', 'f call instance(A).z');
    has('def f(x):\n    if isinstance(x, A) or isinstance(x, B): x.z()', 'f call either(instance(A), instance(B)).z');
  });

  it('end with an assignment', () => {
    has(
      'def f(x):\n    if isinstance(x, Foo):\n        x = x.a()\n        x.b()',
      'f call instance(Foo).a',
      'f call x.b',
    );
    has('def f(x):\n    if isinstance(x.y, A):\n        x = g()\n        x.y.b()', 'f call x.y.b');
  });

  it('say what a parameter without annotation may be', () => {
    has('def f(x):\n    if isinstance(x, Foo): ...', 'f variable x = instance(Foo)');
    hasNot('def f(x: Bar):\n    if isinstance(x, Foo): ...', 'f variable x = instance(Foo)');
  });

  it('may be patterns', () => {
    has('match x:\n    case Foo(): x.a()', 'file call instance(Foo).a', 'file type Foo');
    has('match x:\n    case Foo() as y: y.a()', 'file variable y = instance(Foo)');
    has('match x:\n    case m.A() | B(): x.a()', 'file call instance(either(m.A, B)).a', 'file type m.A');
    has('match x:\n    case [a, *b]: ...', 'file variable a', 'file variable b');
  });
});

describe('uses', () => {
  it('are calls, decorators, reads of definitions and members', () => {
    has('@app.route("/")\ndef f(): ...', 'f decorate app.route');
    has('def g(): ...\nmap(g, xs)', 'file use g', 'file call map');
    has('def f(self): run(self.save)', 'f use self.save', 'f call run');
    has('f()()', 'file call f', 'file call call(f)');
    has('a.b.c()', 'file use a.b', 'file call a.b.c');
    has('(1 + f)(x).y()', "file call call('int').y");
    has('print(*xs, sep=f"{g(1)}")\ndef g(): ...', 'file call g');
  });

  it('of locals and of names nobody binds are none', () => {
    hasNot('def f(x):\n    y = x\n    return y', 'f use x');
    hasNot('class A:\n    x = 1\n    def f(self): return x', 'A.f use x');
    hasNot('y = len', 'y use len');
    has('from m import *\ny = thing', 'y use thing');
    has('def f():\n    def g(): ...\n    return g', 'f use g');
  });

  it('belong to the innermost symbol and stand in order', () => {
    const { facts, links } = linksOf('class A:\n    def f(self):\n        b(); c()\nd()');
    expect(useLines(facts, links)).toEqual(['A.f call b', 'A.f call c', 'file call d']);
    has('class A:\n    def __init__(self): self.db = Db()', 'A.__init__ call Db');
    has(
      'from m import App\napp = App()\nclass A:\n    x: Foo = field(App)',
      'file call App',
      'A call field',
      'A.x type Foo',
      'A.x use App',
    );
  });
});
