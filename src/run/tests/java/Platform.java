package winnow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * JUnit 5 and later, by the launcher of its platform, with whatever engines are on the class path. A test is `class.method`, an invocation of one that has several
 * `class.method(types)[number]`. They run one after the other where lines or the time of each are told.
 */
final class Platform implements Run.Engine {
    @Override
    public void run(List<Class<?>> classes, Told told) {
        told.version("JUnit", version());
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (Class<?> type : classes) selectors.add(DiscoverySelectors.selectClass(type));
        PostDiscoveryFilter wanted = one -> FilterResult.includedIf(told.isWanted(nameOf(one)));
        LauncherDiscoveryRequestBuilder builder = LauncherDiscoveryRequestBuilder.request().selectors(selectors).filters(wanted);
        for (String pair : told.plan.list("parameters")) {
            int at = pair.indexOf('=');
            builder.configurationParameter(pair.substring(0, at).trim(), pair.substring(at + 1).trim());
        }
        if (!told.plan.text("coverage").isEmpty() || told.plan.number("testMs") > 0)
            builder.configurationParameter("junit.jupiter.execution.parallel.enabled", "false");
        LauncherDiscoveryRequest request = builder.build();
        Launcher launcher = LauncherFactory.create();
        TestPlan plan = launcher.discover(request);
        List<String> names = new ArrayList<>();
        for (TestIdentifier root : plan.getRoots())
            for (TestIdentifier one : plan.getDescendants(root)) if (one.isTest()) names.add(nameOf(one, plan));
        told.found(names);
        launcher.execute(request, new Listener(told));
    }

    private static String version() {
        try {
            return Class.forName("org.junit.jupiter.api.Test").getPackage().getImplementationVersion();
        } catch (ClassNotFoundException none) {
            return "platform " + Launcher.class.getPackage().getImplementationVersion();
        }
    }

    private static String classIn(Optional<TestSource> source) {
        if (!source.isPresent()) return null;
        if (source.get() instanceof MethodSource) return ((MethodSource) source.get()).getClassName();
        return source.get() instanceof ClassSource ? ((ClassSource) source.get()).getClassName() : null;
    }

    private static String joined(String type, String name) {
        String plain = name.replaceFirst("\\(\\)(\\[|$)", "$1");
        return type == null || plain.equals(type) ? plain : type + "." + plain;
    }

    private static String nameOf(TestDescriptor one) {
        for (TestDescriptor at = one; at != null; at = at.getParent().orElse(null))
            if (classIn(at.getSource()) != null) return joined(classIn(at.getSource()), one.getLegacyReportingName());
        return one.getLegacyReportingName();
    }

    private static String classOf(TestIdentifier one, TestPlan plan) {
        for (TestIdentifier at = one; at != null; at = plan.getParent(at).orElse(null))
            if (classIn(at.getSource()) != null) return classIn(at.getSource());
        return null;
    }

    private static String nameOf(TestIdentifier one, TestPlan plan) {
        return joined(classOf(one, plan), one.getLegacyReportingName());
    }

    private static final class Listener implements TestExecutionListener {
        private final Told told;
        private TestPlan plan;

        Listener(Told told) {
            this.told = told;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan given) {
            plan = given;
        }

        @Override
        public synchronized void executionStarted(TestIdentifier one) {
            if (one.isTest()) told.begin(nameOf(one, plan), classOf(one, plan));
        }

        @Override
        public synchronized void executionFinished(TestIdentifier one, TestExecutionResult result) {
            Throwable error = result.getThrowable().orElse(null);
            boolean isGood = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            boolean isLeft = result.getStatus() == TestExecutionResult.Status.ABORTED;
            if (one.isTest())
                if (isGood) told.end("passed", "", null);
                else if (isLeft) told.end("skipped", error == null ? "" : error.getMessage(), null);
                else told.end("failed", "", error);
            else if (isLeft) skip(one, error == null ? "" : error.getMessage());
            else if (!isGood) told.alone(nameOf(one, plan), classOf(one, plan), "error", "", error);
        }

        @Override
        public synchronized void executionSkipped(TestIdentifier one, String reason) {
            skip(one, reason);
        }

        private void skip(TestIdentifier one, String reason) {
            List<TestIdentifier> inside = new ArrayList<>();
            for (TestIdentifier at : plan.getDescendants(one)) if (at.isTest()) inside.add(at);
            if (inside.isEmpty()) inside.add(one);
            for (TestIdentifier at : inside) told.alone(nameOf(at, plan), classOf(at, plan), "skipped", reason, null);
        }
    }
}
