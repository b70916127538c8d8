package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.InterfaceType;
import com.sun.jdi.InvalidTypeException;
import com.sun.jdi.Location;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.EventRequest;
import dev.pargo.evaluation.stack.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Holds or crashes the device thread of a stage service in another process. */
final class Debugger implements AutoCloseable {

    /** Option of the JVM of a service that is to be debugged. */
    static final String OPTION = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

    private static final Pattern PORT = Pattern.compile("Listening for transport dt_socket at address: (\\d+)");

    private static final Duration ARRIVAL = Duration.ofSeconds(10);

    private final VirtualMachine machine;
    private final List<BreakpointRequest> nextStep;

    private Debugger(VirtualMachine machine) {
        this.machine = machine;
        this.nextStep = nextStep(machine);
    }

    /** Attaches to a service that was started with {@link #OPTION}. */
    static Debugger attach(ServiceProcess service) throws IOException {
        Matcher port = PORT.matcher(service.log());
        if (!port.find()) {
            throw new IOException("the service has not been started for a debugger");
        }
        AttachingConnector sockets = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(connector -> connector.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = sockets.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(port.group(1));
        try {
            return new Debugger(sockets.attach(arguments));
        } catch (IllegalConnectorArgumentsException e) {
            throw new IOException(e);
        }
    }

    /** The device thread will stop at the beginning of its next step. */
    void holdNextStep() {
        nextStep.forEach(EventRequest::enable);
    }

    /** Waits for the held step, and lets it run out of memory. */
    void crashStep() throws InterruptedException, InvalidTypeException {
        @Nullable EventSet held = machine.eventQueue().remove(ARRIVAL.toMillis());
        assertThat(held).as("a step").isNotNull();
        nextStep.forEach(EventRequest::disable);
        ThreadReference device = ((BreakpointEvent) held.eventIterator().nextEvent()).thread();
        // The JVM has such errors ready, because it could not create them when it needs them.
        List<ReferenceType> errors = machine.classesByName(OutOfMemoryError.class.getName());
        device.stop(errors.get(0).instances(1).get(0));
        device.resume();
    }

    /** Breakpoints in all classes whose {@code step()} a device thread may call. */
    private static List<BreakpointRequest> nextStep(VirtualMachine machine) {
        InterfaceType work = (InterfaceType)
                machine.classesByName("dev.pargo.stage.device.DeviceWork").get(0);
        return work.implementors().stream()
                .map(type -> breakpoint(type.methodsByName("step").get(0).location()))
                .toList();
    }

    private static BreakpointRequest breakpoint(Location location) {
        BreakpointRequest breakpoint =
                location.virtualMachine().eventRequestManager().createBreakpointRequest(location);
        breakpoint.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        return breakpoint;
    }

    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException ended) {
            // The process has ended, as it should.
        }
    }
}
