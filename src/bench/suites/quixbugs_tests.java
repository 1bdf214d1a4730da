
// What judges QuixBugs' programs in Java: the data's own rows, called by the types of their parameters, and for graphs the cases of the data's Python drivers with what the right Python versions give for them.
class Node {
    private String value;
    private Node successor;
    private List<Node> successors = new ArrayList<>(), predecessors = new ArrayList<>();
    Node(Object value, Node... successors) { this.value = String.valueOf(value); this.successors.addAll(Arrays.asList(successors)); }
    public String getValue() { return value; }
    public Node getSuccessor() { return successor; }
    public void setSuccessor(Node node) { successor = node; }
    public List<Node> getSuccessors() { return successors; }
    public void setSuccessors(List<Node> nodes) { successors = nodes; }
    public List<Node> getPredecessors() { return predecessors; }
    static Node linked(Object value, Node next) { Node node = new Node(value); node.successor = next; return node; }
    void to(Node... nodes) { for (Node node : nodes) { successors.add(node); node.predecessors.add(this); } }
}

class WeightedEdge implements Comparable<WeightedEdge> {
    public Node node1, node2;
    public int weight;
    WeightedEdge(Node node1, Node node2, int weight) { this.node1 = node1; this.node2 = node2; this.weight = weight; }
    public int compareTo(WeightedEdge other) { return Integer.compare(weight, other.weight); }
}

class Main {
    static List<Object> l(Object... parts) { return new ArrayList<>(Arrays.asList(parts)); }

    static void same(Object expected, Object actual) { same(expected, actual, 1e-9); }

    static void same(Object expected, Object actual, double near) {
        if (!equal(expected, plain(actual), near)) throw new AssertionError(expected + " was expected, " + plain(actual) + " came");
    }

    static boolean equal(Object expected, Object actual, double near) {
        if (expected instanceof Number && actual instanceof Number) return Math.abs(((Number) expected).doubleValue() - ((Number) actual).doubleValue()) <= near;
        // Some programs write their list.
        if (expected instanceof List && actual instanceof String) return expected.toString().replace(" ", "").equals(((String) actual).replace(" ", ""));
        if (!(expected instanceof List) || !(actual instanceof List)) return Objects.equals(expected, actual);
        List<?> a = (List<?>) expected, b = (List<?>) actual;
        if (a.size() != b.size()) return false;
        for (int i = 0; i < a.size(); i++) if (!equal(a.get(i), b.get(i), near)) return false;
        return true;
    }

    /** Arrays, pairs and nodes as lists and texts. */
    static Object plain(Object value) {
        if (value == null) return null;
        List<Object> made = new ArrayList<>();
        if (value.getClass().isArray()) {
            for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) made.add(plain(java.lang.reflect.Array.get(value, i)));
            return made;
        }
        if (value instanceof Iterable) {
            for (Object one : (Iterable<?>) value) made.add(plain(one));
            return made;
        }
        if (value instanceof Node) return ((Node) value).getValue();
        if (value.getClass().getSimpleName().equals("Pair"))
            try {
                for (String name : new String[] {"getFirst", "getSecond"}) {
                    java.lang.reflect.Method get = value.getClass().getMethod(name);
                    get.setAccessible(true);
                    made.add(plain(get.invoke(value)));
                }
                return made;
            } catch (ReflectiveOperationException error) {
                throw new AssertionError(error);
            }
        return value;
    }

    static Object as(Class<?> type, Object value) {
        if (value instanceof Number && (type == double.class || type == Double.class)) return ((Number) value).doubleValue();
        if (type.isArray() && value instanceof List) {
            List<?> parts = (List<?>) value;
            Object array = java.lang.reflect.Array.newInstance(type.getComponentType(), parts.size());
            for (int i = 0; i < parts.size(); i++) java.lang.reflect.Array.set(array, i, as(type.getComponentType(), parts.get(i)));
            return array;
        }
        return value;
    }

    /** @param rows lists of arguments and an answer */
    static void rows(Class<?> program, String name, boolean isNear, List<?> rows) throws Throwable {
        for (Object row : rows) {
            Object given = ((List<?>) row).get(0);
            List<?> args = given instanceof List ? (List<?>) given : l(given);
            java.lang.reflect.Method method = null;
            for (java.lang.reflect.Method one : program.getDeclaredMethods())
                if (one.getName().equals(name) && one.getParameterCount() == args.size()) method = one;
            if (method == null) throw new AssertionError("no " + name + " of " + args.size());
            method.setAccessible(true);
            Object[] passed = new Object[args.size()];
            for (int i = 0; i < passed.length; i++) passed[i] = as(method.getParameterTypes()[i], args.get(i));
            double near = isNear ? ((Number) args.get(args.size() - 1)).doubleValue() : 1e-9;
            try {
                same(((List<?>) row).get(1), method.invoke(null, passed), near);
            } catch (java.lang.reflect.InvocationTargetException error) {
                throw error.getCause();
            }
        }
    }

    static Map<List<Integer>, Integer> edges(int... parts) {
        Map<List<Integer>, Integer> made = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i += 3) made.put(Arrays.asList(parts[i], parts[i + 1]), parts[i + 2]);
        return made;
    }

    static Map<List<String>, Integer> named(Object... parts) {
        Map<List<String>, Integer> made = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i += 3) made.put(Arrays.asList((String) parts[i], (String) parts[i + 1]), (Integer) parts[i + 2]);
        return made;
    }

    interface Search { boolean of(Node start, Node goal); }

    static void search(Search search) {
        Node[] s = new Node[7];
        s[1] = new Node("1"); s[2] = new Node("2", s[1]); s[3] = new Node("3", s[1], s[2]);
        s[4] = new Node("4", s[2], s[3]); s[5] = new Node("5", s[4], s[3]); s[6] = new Node("6", s[5], s[4]);
        same(true, search.of(s[6], s[1]));
        Node f = new Node("F"), e = new Node("E"), d = new Node("D"), c = new Node("C", f), b = new Node("B", e), a = new Node("A", b, c, d);
        same(true, search.of(a, e));
        same(false, search.of(f, e));
        same(true, search.of(f, f));
        // Nodes of its own: a program may remember those that it has seen.
        Node one = new Node("1"), two = new Node("2"), cyclic = new Node("6", new Node("5", two), new Node("4", one), new Node("3"));
        two.getSuccessors().add(cyclic);
        same(true, search.of(cyclic, one));
    }

    interface Cycle { boolean of(Node node); }

    static void cycle(Cycle cycle) {
        Node one = new Node(1), two = Node.linked(2, one), five = Node.linked(5, Node.linked(4, Node.linked(3, two)));
        same(false, cycle.of(five));
        one.setSuccessor(five);
        same(true, cycle.of(five));
        one.setSuccessor(two);
        same(true, cycle.of(two));
        same(false, cycle.of(Node.linked(7, new Node(6))));
        same(false, cycle.of(new Node(0)));
        same(true, cycle.of(five));
    }

    interface Reverse { Node of(Node node); }

    static void reverse(Reverse reverse) {
        Node one = new Node(1), five = Node.linked(5, Node.linked(4, Node.linked(3, Node.linked(2, one))));
        Node found = reverse.of(five);
        same(true, found == one);
        String values = "";
        for (Node node = found; node != null; node = node.getSuccessor()) values += node.getValue();
        same("12345", values);
        Node alone = new Node(0);
        same(true, reverse.of(alone) == alone);
        same(null, reverse.of(null));
    }

    interface Spanning { Set<WeightedEdge> of(List<WeightedEdge> edges); }

    static void spanning(Spanning spanning) {
        int[][] graphs = {
            {1, 2, 10, 2, 3, 15, 3, 4, 10, 1, 4, 10},
            {1, 2, 6, 1, 3, 1, 1, 4, 5, 2, 3, 5, 2, 5, 3, 3, 4, 5, 3, 5, 6, 3, 6, 4, 4, 6, 2, 5, 6, 6},
            {1, 2, 6, 1, 3, 1, 2, 4, 2},
        };
        int[][] expected = {{3, 30}, {5, 15}, {3, 9}};
        for (int at = 0; at < graphs.length; at++) {
            Map<Integer, Node> nodes = new HashMap<>();
            List<WeightedEdge> edges = new ArrayList<>();
            int[] graph = graphs[at];
            for (int i = 0; i < graph.length; i += 3)
                edges.add(new WeightedEdge(nodes.computeIfAbsent(graph[i], Node::new), nodes.computeIfAbsent(graph[i + 1], Node::new), graph[i + 2]));
            Set<WeightedEdge> found = spanning.of(edges);
            same(l(expected[at][0], expected[at][1]), l(found.size(), found.stream().mapToInt(edge -> edge.weight).sum()));
        }
    }

    interface Length { int of(Map<List<Node>, Integer> edges, Node start, Node goal); }

    static void length(Length length) {
        Node one = new Node("1"), five = new Node("5"), four = new Node("4", five), three = new Node("3", four);
        Node two = new Node("2", one, three, four), zero = new Node("0", two, five);
        Map<List<Node>, Integer> edges = new HashMap<>();
        Object[] parts = {zero, two, 3, zero, five, 10, two, one, 1, two, three, 2, two, four, 4, three, four, 1, four, five, 1};
        for (int i = 0; i < parts.length; i += 3) edges.put(Arrays.asList((Node) parts[i], (Node) parts[i + 1]), (Integer) parts[i + 2]);
        same(4, length.of(edges, zero, one));
        same(7, length.of(edges, zero, five));
        same(0, length.of(edges, two, two));
        same(Integer.MAX_VALUE, length.of(edges, one, five));
    }

    interface Lengths { Map<List<Integer>, Integer> of(int nodes, Map<List<Integer>, Integer> edges); }

    static void lengths(Lengths lengths) {
        Map<List<Integer>, Integer> found = lengths.of(6, edges(0, 2, 3, 0, 5, 5, 2, 1, -2, 2, 3, 7, 2, 4, 4, 3, 4, -5, 4, 5, -1));
        same(l(1, 3, 10, 5, 4, 2, -6), l(found.get(l(0, 1)), found.get(l(0, 2)), found.get(l(0, 3)), found.get(l(0, 4)), found.get(l(0, 5)), found.get(l(2, 4)), found.get(l(3, 5))));
        found = lengths.of(5, edges(0, 1, 3, 1, 2, 5, 2, 3, -2, 3, 4, 7));
        same(l(8, 6, 13, 5), l(found.get(l(0, 2)), found.get(l(0, 3)), found.get(l(0, 4)), found.get(l(2, 4))));
        found = lengths.of(4, edges(0, 1, 3, 2, 3, 5));
        same(l(3, 99999, 5), l(found.get(l(0, 1)), found.get(l(0, 2)), found.get(l(2, 3))));
        found = lengths.of(3, edges(0, 1, 3, 1, 2, 5, 2, 0, -1));
        same(l(8, 4, 2), l(found.get(l(0, 2)), found.get(l(1, 0)), found.get(l(2, 1))));
    }

    interface Paths { Map<String, Integer> of(String source, Map<List<String>, Integer> edges); }

    static void paths(Paths paths) {
        same(l(0, 1, 3, 10, 5, 4), ordered(paths.of("A", named("A", "B", 3, "A", "C", 3, "A", "F", 5, "C", "B", -2, "C", "D", 7, "C", "E", 4, "D", "E", -5, "E", "F", -1))));
        same(l(0, 1, 3, 6, 5, 9), ordered(paths.of("A", named("A", "B", 1, "B", "C", 2, "C", "D", 3, "D", "E", -1, "E", "F", 4))));
        same(l(0, 1, 3, 6, 5, 9), ordered(paths.of("A", named("A", "B", 1, "B", "C", 2, "C", "D", 3, "D", "E", -1, "E", "D", 1, "E", "F", 4))));
    }

    static List<Object> ordered(Map<String, Integer> found) { return new ArrayList<>(new TreeMap<>(found).values()); }

    interface Ordering { List<Node> of(List<Node> nodes); }

    static void ordering(Ordering ordering) {
        Node five = new Node(5), seven = new Node(7), three = new Node(3), eleven = new Node(11), eight = new Node(8), two = new Node(2), nine = new Node(9), ten = new Node(10);
        five.to(eleven); seven.to(eleven, eight); three.to(eight, ten); eleven.to(two, nine, ten); eight.to(nine);
        inOrder(ordering, Arrays.asList(five, seven, three, eleven, eight, two, nine, ten));
        Node zero = new Node(0), one = new Node(1), two2 = new Node(2), three2 = new Node(3), four = new Node(4), five2 = new Node(5);
        five2.to(two2, zero); four.to(zero, one); two2.to(three2); three2.to(one);
        inOrder(ordering, Arrays.asList(zero, one, two2, three2, four, five2));
        Node milk = new Node("milk"), egg = new Node("egg"), oil = new Node("oil"), mix = new Node("mix"), syrup = new Node("syrup"), griddle = new Node("griddle"), pour = new Node("pour"), turn = new Node("turn"), eat = new Node("eat");
        milk.to(mix); egg.to(mix); oil.to(mix); mix.to(syrup, pour); griddle.to(pour); pour.to(turn); turn.to(eat); syrup.to(eat);
        inOrder(ordering, Arrays.asList(milk, egg, oil, mix, syrup, griddle, pour, turn, eat));
    }

    static void inOrder(Ordering ordering, List<Node> nodes) {
        List<Node> found = ordering.of(nodes);
        same(nodes.size(), new HashSet<>(found).size());
        for (Node node : nodes) for (Node after : node.getSuccessors()) same(true, found.indexOf(node) < found.indexOf(after));
    }

    public static void main(String[] args) throws Throwable { TESTS }
}
