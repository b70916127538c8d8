package dev.pargo.gateway.replica;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the state of one replica: asks for its health at intervals and for its description after each connect, and
 * receives the results of calls. A late or missing answer has no effect as long as anything else arrives from the
 * replica; see {@link Silence}. Thread-safe.
 */
final class ReplicaWatch<D> {

    private static final Logger log = LoggerFactory.getLogger(ReplicaWatch.class);

    private enum Health {
        UNKNOWN,
        SERVING,
        NOT_SERVING
    }

    private final String name;
    private final ReplicaProbes<D> probes;
    private final Silence silence;
    private final ReplicaProperties properties;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private Health health = Health.UNKNOWN;
    private @Nullable D description;
    private String problem = "has not been asked yet";
    private String toldProblem = problem;
    private boolean known;

    // Counts connections. Answers on an earlier connection are ignored, because another process may listen there now.
    private int connection;
    private final Probe check = new Probe();
    private final Probe describe = new Probe();

    private boolean closed;
    private @Nullable D toldDescription;
    private volatile int timesGivenUp;
    private volatile ReplicaState state = ReplicaState.UNKNOWN;

    ReplicaWatch(String name, ReplicaProbes<D> probes, Silence silence, ReplicaProperties properties) {
        this.name = name;
        this.probes = probes;
        this.silence = silence;
        this.properties = properties;
    }

    /** Asks for the first time. */
    void start() {
        probes.onDisconnect(this::loseConnection);
        check();
    }

    /** Calls the listener after every change of state or description. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    ReplicaState state() {
        return state;
    }

    synchronized @Nullable D description() {
        return description;
    }

    int timesGivenUp() {
        return timesGivenUp;
    }

    /** The reason why the replica takes no calls; undefined while it does. */
    synchronized String problem() {
        return problem;
    }

    /** Whether the replica has been reached or found missing. */
    synchronized boolean isKnown() {
        return known;
    }

    /** Call it every {@link Silence#TICK}. */
    void tick() {
        silence.tick(isAnswerDue());
        if (state.takesCalls() && silence.length().compareTo(properties.lostAfter()) >= 0) {
            timesGivenUp++;
            lose("does not answer");
            probes.reconnect();
        }
        if (isCheckDue()) {
            check();
        }
        update();
    }

    /** Records a failed call. The cause may be the replica, or only the call. */
    void suspect() {
        check();
    }

    private void loseConnection() {
        lose("cannot be reached");
        update();
        check();
    }

    /** Records that the replica takes no calls until it reports otherwise. */
    void markDraining() {
        synchronized (this) {
            health = Health.NOT_SERVING;
            problem = "is shutting down";
        }
        update();
    }

    /** Drops the description, because it is no longer true. */
    void markReplaced() {
        synchronized (this) {
            description = null;
            problem = "is being replaced";
        }
        update();
        check();
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
    }

    private synchronized boolean isAnswerDue() {
        return check.isOpen(connection) || describe.isOpen(connection);
    }

    private synchronized boolean isCheckDue() {
        return check.isOlderThan(properties.checkEvery());
    }

    private void check() {
        int asked;
        synchronized (this) {
            asked = connection;
            if (closed || !check.ask(asked)) {
                return;
            }
        }
        probes.connect();
        probes.check(properties.checkTimeout()).whenComplete((answer, failure) -> {
            if (recordCheck(asked, answer, failure)) {
                describe(asked);
            }
            update();
        });
    }

    /** True if the replica must be asked for its description. */
    private synchronized boolean recordCheck(
            int asked, @Nullable HealthCheckResponse answer, @Nullable Throwable failure) {
        if (asked != connection) {
            return false;
        }
        check.end();
        if (failure != null) {
            failedToCheck(Status.fromThrowable(failure));
        } else if (answer.getStatus() == ServingStatus.SERVING) {
            problem = health == Health.SERVING ? problem : "has not described itself yet";
            health = Health.SERVING;
        } else {
            health = Health.NOT_SERVING;
            problem = "takes no calls";
        }
        known |= health == Health.NOT_SERVING;
        boolean due = description == null || describe.isOlderThan(properties.describeEvery());
        return health == Health.SERVING && due && !closed && describe.ask(connection);
    }

    private void failedToCheck(Status failure) {
        switch (failure.getCode()) {
            // A replica without a health service is judged by its description.
            case UNIMPLEMENTED -> health = Health.SERVING;
            case NOT_FOUND -> health = Health.NOT_SERVING;
            case DEADLINE_EXCEEDED -> {
                // A connected replica is given up only because of its silence.
                if (health == Health.UNKNOWN) {
                    known = true;
                    problem = "does not answer";
                    if (!probes.isConnected()) {
                        probes.reconnect();
                    }
                }
            }
            default -> lose(unreachable(failure));
        }
    }

    private void describe(int asked) {
        probes.describe(properties.checkTimeout()).whenComplete((answer, failure) -> {
            recordDescription(asked, answer, failure);
            update();
        });
    }

    private synchronized void recordDescription(int asked, @Nullable D answer, @Nullable Throwable failure) {
        if (asked != connection) {
            return;
        }
        describe.end();
        known = true;
        if (failure == null) {
            description = answer;
        } else if (description == null) {
            problem = reason(Status.fromThrowable(failure));
        }
    }

    private static String reason(Status failure) {
        return switch (failure.getCode()) {
            case UNAVAILABLE -> unreachable(failure);
            case DEADLINE_EXCEEDED -> "does not answer";
            case UNIMPLEMENTED -> "is not of this kind of service";
            default -> "cannot describe itself (" + failure.getCode() + ")";
        };
    }

    private static String unreachable(Status failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return "cannot be trusted, or does not trust this gateway (%s)"
                        .formatted(root(cause).getMessage());
            }
        }
        return "cannot be reached";
    }

    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }

    private synchronized void lose(String why) {
        connection++;
        health = Health.UNKNOWN;
        description = null;
        problem = why;
        known = true;
        silence.end();
    }

    private void update() {
        ReplicaState before;
        ReplicaState now;
        boolean changed;
        boolean told;
        String why;
        synchronized (this) {
            before = state;
            now = current();
            changed = before != now
                    || !Objects.equals(toldDescription, description)
                    || !now.takesCalls() && !problem.equals(toldProblem);
            state = now;
            toldDescription = description;
            why = problem;
            told = !closed && (before != now || !now.takesCalls() && !why.equals(toldProblem));
            toldProblem = why;
        }
        if (told) {
            log.info("The {} is {}{}", name, now.tag(), now.takesCalls() ? "" : ": it " + why);
        }
        if (changed) {
            listeners.forEach(Runnable::run);
        }
    }

    private ReplicaState current() {
        return switch (health) {
            case UNKNOWN -> known ? ReplicaState.LOST : ReplicaState.UNKNOWN;
            case NOT_SERVING -> ReplicaState.DRAINING;
            case SERVING -> {
                if (description == null) {
                    yield ReplicaState.UNKNOWN;
                }
                boolean silent = silence.length().compareTo(properties.silentAfter()) >= 0;
                yield silent ? ReplicaState.SILENT : ReplicaState.READY;
            }
        };
    }
}
