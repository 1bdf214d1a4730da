package winnow;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.RunWith;
import org.junit.runner.Runner;
import org.junit.runner.manipulation.Filter;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/** JUnit 3 and 4, by `org.junit.runner.JUnitCore`. A failure of a class, in what is set up around its tests, is an error of its own. */
final class JUnit4 implements Run.Engine {
    @Override
    public void run(List<Class<?>> classes, Told told) throws Exception {
        told.version("JUnit", junit.runner.Version.id());
        List<Runner> runners = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Class<?> type : classes) {
            if (!hasTests(type)) continue;
            Runner runner = Request.aClass(type).filterWith(wanted(told)).getRunner();
            if (told.plan.list("only").isEmpty() || !isError(runner.getDescription())) runners.add(runner);
            leaves(runner.getDescription(), names);
        }
        told.found(names);
        JUnitCore core = new JUnitCore();
        core.addListener(new Listener(told));
        for (Runner runner : runners) core.run(Request.runner(runner));
    }

    private static Filter wanted(Told told) {
        return new Filter() {
            @Override
            public boolean shouldRun(Description one) {
                return one.isTest() ? told.isWanted(nameOf(one)) : one.getChildren().isEmpty() || one.getChildren().stream().anyMatch(this::shouldRun);
            }

            @Override
            public String describe() {
                return "tests that were asked for";
            }
        };
    }

    /** Where the filter leaves nothing of a class, JUnit puts an error of its own in its place. */
    private static boolean isError(Description one) {
        List<String> names = new ArrayList<>();
        leaves(one, names);
        return names.stream().allMatch(name -> name.endsWith(".initializationError") || name.startsWith("org.junit.runner.manipulation.Filter."));
    }

    private static void leaves(Description one, List<String> names) {
        if (one.isTest() && !isError(one.getMethodName())) names.add(nameOf(one));
        for (Description inside : one.getChildren()) leaves(inside, names);
    }

    private static boolean isError(String method) {
        return method == null || method.equals("initializationError");
    }

    private static String nameOf(Description one) {
        return one.getMethodName() == null ? one.getDisplayName() : one.getClassName() + "." + one.getMethodName();
    }

    private static boolean hasTests(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers()) || !Modifier.isPublic(type.getModifiers())) return false;
        if (junit.framework.Test.class.isAssignableFrom(type) || type.isAnnotationPresent(RunWith.class)) return true;
        for (Method method : type.getMethods())
            if (method.isAnnotationPresent(Test.class) || (method.getName().equals("suite") && Modifier.isStatic(method.getModifiers()))) return true;
        return false;
    }

    private static final class Listener extends RunListener {
        private final Told told;
        private Description running;
        private Failure failure;
        private Failure assumption;

        Listener(Told told) {
            this.told = told;
        }

        @Override
        public void testStarted(Description one) {
            running = one;
            failure = null;
            assumption = null;
            told.begin(nameOf(one), one.getClassName());
        }

        @Override
        public void testFailure(Failure found) {
            Description one = found.getDescription();
            if (running == null) told.alone(nameOf(one), one.getClassName(), "error", "", found.getException());
            else if (failure == null) failure = found;
        }

        @Override
        public void testAssumptionFailure(Failure found) {
            if (running == null) told.alone(nameOf(found.getDescription()), found.getDescription().getClassName(), "skipped", found.getMessage(), null);
            else assumption = found;
        }

        @Override
        public void testIgnored(Description one) {
            org.junit.Ignore why = one.getAnnotation(org.junit.Ignore.class);
            told.alone(nameOf(one), one.getClassName(), "skipped", why == null ? "" : why.value(), null);
        }

        @Override
        public void testFinished(Description one) {
            if (failure != null) told.end("failed", "", failure.getException());
            else if (assumption != null) told.end("skipped", assumption.getMessage(), null);
            else told.end("passed", "", null);
            running = null;
        }
    }
}
