package winnow;

import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

/** Runs the classes of tests by the engine that the plan names. The plan has the key, and is removed before any of them is loaded. */
public final class Run {
    /** JUnit's runner of one generation. */
    interface Engine {
        void run(List<Class<?>> classes, Told told) throws Exception;
    }

    private Run() {}

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(Paths.get(arguments[0]));
        plan.remove();
        Rows rows = new Rows(plan.here.resolve("rows.txt"), plan.text("key"), plan.number("number"));
        Told told = new Told(plan, rows);
        try {
            Engine engine = (Engine) Class.forName("winnow." + plan.text("engine")).getDeclaredConstructor().newInstance();
            List<Class<?>> classes = new ArrayList<>();
            for (String name : plan.list("classes"))
                try {
                    classes.add(Class.forName(name, false, Run.class.getClassLoader()));
                } catch (ClassNotFoundException ignored) {
                    // Its file could not be compiled, which was told.
                } catch (LinkageError error) {
                    told.broken(name, error);
                }
            engine.run(classes, told);
        } catch (Throwable error) {
            told.internal(error);
        }
        int code = told.finish();
        System.out.flush();
        System.err.flush();
        // Threads that tests left behind do not keep the machine.
        System.exit(code);
    }
}
